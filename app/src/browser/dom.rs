//! Small errands in the document.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, HtmlDialogElement, HtmlElement, HtmlFormElement};

/// The element with that id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus there once what just changed is on the screen.
pub fn focus_soon(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        if let Some(element) = by_id(&id) {
            let _ = element.focus();
        }
    });
}

/// The first element that a CSS selector finds.
pub fn first(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// All that a CSS selector finds, in the order of the page.
pub fn all(selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.item(i)?.dyn_into::<HtmlElement>().ok()).collect()
}

/// All that a CSS selector finds, in the order of the page, without what is not shown.
pub fn shown(selector: &str) -> Vec<HtmlElement> {
    all(selector).into_iter().filter(|e| e.offset_width() > 0 || e.offset_height() > 0).collect()
}

/// Names and values of a form as it stands, files left out.
pub fn form_entries(id: &str) -> Vec<(String, String)> {
    let form: Option<HtmlFormElement> = by_id(id).and_then(|e| e.dyn_into().ok());
    let Some(data) = form.and_then(|f| FormData::new_with_form(&f).ok()) else { return Vec::new() };
    let Ok(Some(entries)) = js_sys::try_iter(&data) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter_map(|pair| {
            let pair = pair.dyn_into::<js_sys::Array>().ok()?;
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .collect()
}

/// Opens a dialog over the page.
pub fn open_dialog(id: &str) {
    if let Some(dialog) = by_id(id).and_then(|e| e.dyn_into::<HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog; the browser gives the focus back to where it was.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id(id).and_then(|e| e.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Folds the navigation of narrow screens away.
pub fn hide_popover(id: &str) {
    if let Some(element) = by_id(id)
        && element.matches(":popover-open").unwrap_or(false)
    {
        let _ = element.hide_popover();
    }
}

/// Submits the form around an element, as its main button would.
pub fn submit_around(element: &web_sys::Element) -> bool {
    let form = element.closest("form").ok().flatten().and_then(|f| f.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form else { return false };
    match form.query_selector("button.btn-primary, button.btn-danger").ok().flatten().and_then(|b| b.dyn_into().ok()) {
        Some(button) => {
            let button: HtmlElement = button;
            button.click();
            true
        }
        None => form.request_submit().is_ok(),
    }
}

/// Path and query of the page that is shown.
pub fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// Sets what a text field, area or select shows.
pub fn set_value(element: &HtmlElement, value: &str) {
    let _ = js_sys::Reflect::set(element, &JsValue::from_str("value"), &JsValue::from_str(value));
}

/// A text that a script sees on an element (`value`, `defaultValue`, `type`); empty when there is none.
pub fn text(element: &web_sys::Element, property: &str) -> String {
    js_sys::Reflect::get(element, &JsValue::from_str(property)).ok().and_then(|v| v.as_string()).unwrap_or_default()
}

/// A switch that a script sees on an element (`checked`, `defaultChecked`).
pub fn flag(element: &web_sys::Element, property: &str) -> bool {
    js_sys::Reflect::get(element, &JsValue::from_str(property)).is_ok_and(|v| v.is_truthy())
}
