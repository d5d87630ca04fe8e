//! Text of machines: digests, branches, files.

use leptos::prelude::*;

/// The first twelve characters of a digest or commit, the whole on hover.
pub fn digest(text: &str) -> AnyView {
    let short: String = text.chars().take(12).collect();
    view! { <code class="digest" title=text.to_owned()>{short}</code> }.into_any()
}

/// A file that folds. Its text scrolls by itself and can be reached by keyboard.
#[component]
pub fn FileText(#[prop(into)] path: String, #[prop(into)] text: String, #[prop(optional)] open: bool) -> impl IntoView {
    let label = format!("Contents of {path}");
    view! {
        <details class="file" open=open>
            <summary class="file-head">
                <span class="file-path">{path}</span>
            </summary>
            <div class="file-body" role="region" tabindex="0" aria-label=label>
                <pre><code>{text}</code></pre>
            </div>
        </details>
    }
}

/// A key as on the keyboard.
pub fn key(label: &'static str) -> AnyView {
    view! { <kbd>{label}</kbd> }.into_any()
}
