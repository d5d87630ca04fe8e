//! A comment on a request, without deciding.

use super::act::{Failure, failure};
use crate::{
    api::requests::Comment,
    ui::{button::Submit, field::Labelled},
};
use causeway_contract::{ids::RequestId, names::TEXT_MAX};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn CommentForm(action: ServerAction<Comment>, id: RequestId) -> impl IntoView {
    let error = failure(action);
    view! {
        <ActionForm action=action attr:class="stack" attr:novalidate=true>
            <input type="hidden" name="id" value=id.to_string() />
            <Failure error=error id="comment-failure" />
            <Labelled id="comment-text" label="Comment">
                <textarea class="input" id="comment-text" name="comment" rows="3" maxlength=TEXT_MAX.to_string()></textarea>
            </Labelled>
            <div>
                <Submit label="Add comment" busy=action.pending() />
            </div>
        </ActionForm>
    }
}
