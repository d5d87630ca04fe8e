//! A dialog over the page. It is closed until script opens it, so a page without script never shows half of one.

use super::{Icon, icon};
use crate::browser::dom;
use leptos::prelude::*;

#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    /// The title is only read out, and there is no button to close it: Escape or a press beside it does.
    #[prop(optional)]
    bare: bool,
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let close = move |_| dom::close_dialog(id);
    // A press on the backdrop is a press on the dialog element itself.
    let outside = move |event: web_sys::MouseEvent| {
        let on_itself = event.target().zip(dom::by_id(id)).is_some_and(|(target, own)| target == own.into());
        if on_itself {
            dom::close_dialog(id);
        }
    };
    view! {
        <dialog id=id class="dialog" aria-labelledby=title_id.clone() on:click=outside>
            <div class="dialog-body">
                <div class=if bare { "sr-only" } else { "dialog-head" }>
                    <h2 id=title_id.clone()>{title}</h2>
                    {(!bare)
                        .then(|| {
                            view! {
                                <button type="button" class="btn btn-quiet btn-icon" aria-label="Close" on:click=close>
                                    {icon(Icon::Cross)}
                                </button>
                            }
                        })}
                </div>
                {children()}
            </div>
        </dialog>
    }
}
