//! Patterns of fields, by the browser's own regular expressions: none travel in the wasm.

/// Whether `text` matches an ECMA-262 pattern. A pattern that the browser cannot read matches: the server decides then.
#[cfg(target_family = "wasm")]
pub fn matches(pattern: &str, text: &str) -> bool {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = RegExp)]
        type Pattern;
        #[wasm_bindgen(constructor, js_class = "RegExp", catch)]
        fn new(pattern: &str, flags: &str) -> Result<Pattern, JsValue>;
        #[wasm_bindgen(method)]
        fn test(this: &Pattern, text: &str) -> bool;
    }

    Pattern::new(pattern, "u").map(|p| p.test(text)).unwrap_or(true)
}

/// The server validates in the portal, never through pages.
#[cfg(not(target_family = "wasm"))]
pub fn matches(_pattern: &str, _text: &str) -> bool {
    true
}
