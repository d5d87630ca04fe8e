//! One field of the form, by its kind. Inputs keep their own text: what is typed is never written back over itself.

use super::{
    autosave::{change, save_now},
    editor::{Editor, field_id},
};
use crate::{
    browser::press,
    ui::field::{described_by, error_line},
};
use causeway_contract::form::{ChoiceOption, Field, FieldKind};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// More options than this become a drop-down.
const RADIOS: usize = 4;

pub(super) fn field(editor: Editor, name: &str) -> AnyView {
    let Some(field) = editor.form(|f| f.field(name).cloned()) else { return ().into_any() };
    match &field.kind {
        FieldKind::Choice { options } if options.len() == 1 && field.required => settled(editor, &field, &options[0]),
        FieldKind::Choice { options } if options.len() <= RADIOS => group(editor, &field, options.clone()),
        FieldKind::Boolean => {
            let option = |value: &str, label: &str| ChoiceOption {
                value: value.into(),
                label: label.into(),
                when: Default::default(),
            };
            group(editor, &field, vec![option("true", "Yes"), option("false", "No")])
        }
        FieldKind::Choice { .. } => labelled(editor, &field, drop_down(editor, &field)),
        FieldKind::Text { multiline, .. } => {
            let input = if *multiline { area(editor, &field) } else { line(editor, &field, "text") };
            labelled(editor, &field, input)
        }
        FieldKind::Integer { .. } => labelled(editor, &field, line(editor, &field, "numeric")),
    }
}

fn input_name(name: &str) -> String {
    format!("answers[{name}]")
}

/// What is the same on every input.
struct Wiring {
    id: String,
    invalid: Memo<bool>,
    described: Signal<Option<String>>,
}

fn wiring(editor: Editor, field: &Field) -> Wiring {
    let (id, name) = (field_id(&field.name), field.name.clone());
    let invalid = Memo::new(move |_| editor.error(&name).is_some());
    let (help, own) = (field.help.is_some(), id.clone());
    Wiring { id, invalid, described: Signal::derive(move || described_by(&own, help, invalid.get())) }
}

fn labelled(editor: Editor, field: &Field, input: AnyView) -> AnyView {
    let (id, name) = (field_id(&field.name), field.name.clone());
    let error_id = id.clone();
    let error = Memo::new(move |_| editor.error(&name));
    view! {
        <div class="field" class:has-error=move || error.with(Option::is_some)>
            <label class="label" for=id.clone()>
                {field.title.clone()}
                {(!field.required).then(|| view! { <span class="optional">" (optional)"</span> })}
            </label>
            {field.help.clone().map(|help| view! { <p class="help" id=format!("{id}-help")>{help}</p> })}
            {input}
            {move || error.get().map(|message| error_line(&error_id, message))}
        </div>
    }
    .into_any()
}

fn line(editor: Editor, field: &Field, mode: &'static str) -> AnyView {
    let Wiring { id, invalid, described } = wiring(editor, field);
    let (on_input, on_blur) = handlers(editor, &field.name);
    view! {
        <input
            class="input"
            class:narrow=mode == "numeric"
            id=id
            name=input_name(&field.name)
            type="text"
            inputmode=mode
            value=editor.value_untracked(&field.name)
            autocomplete="off"
            spellcheck="false"
            aria-required=field.required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described.get()
            on:input=on_input
            on:blur=on_blur
        />
    }
    .into_any()
}

fn area(editor: Editor, field: &Field) -> AnyView {
    let Wiring { id, invalid, described } = wiring(editor, field);
    let (on_input, on_blur) = handlers(editor, &field.name);
    view! {
        <textarea
            class="input"
            id=id
            name=input_name(&field.name)
            rows="4"
            dir="auto"
            aria-required=field.required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described.get()
            on:input=on_input
            on:blur=on_blur
        >
            {editor.value_untracked(&field.name)}
        </textarea>
    }
    .into_any()
}

/// What is typed, and leaving.
fn handlers(editor: Editor, name: &str) -> (impl Fn(web_sys::Event) + use<>, impl Fn(web_sys::FocusEvent) + use<>) {
    let (typed, left) = (name.to_owned(), name.to_owned());
    let on_input = move |event: web_sys::Event| change(editor, &typed, event_target_value(&event));
    let on_blur = move |_| {
        save_now(editor);
        let left = left.clone();
        // The error comes up between this field and what is being pressed.
        press::after(move || {
            if !editor.is_gone() {
                editor.touch(&left);
            }
        });
    };
    (on_input, on_blur)
}

/// The options that the other answers leave.
fn offered(editor: Editor, name: &str) -> Memo<Vec<(String, String)>> {
    let name = name.to_owned();
    Memo::new(move |_| {
        editor.answers.with(|answers| {
            editor.form(|form| {
                let options = form.field(&name).map(|f| form.options(f, answers)).unwrap_or_default();
                options.into_iter().map(|o| (o.value.clone(), o.label.clone())).collect::<Vec<_>>()
            })
        })
    })
}

fn drop_down(editor: Editor, field: &Field) -> AnyView {
    let Wiring { id, invalid, described } = wiring(editor, field);
    let options = offered(editor, &field.name);
    let select = NodeRef::<leptos::html::Select>::new();
    let (name, empty) = (field.name.clone(), if field.required { "Choose\u{2026}" } else { "None" });
    let shown = name.clone();
    // When the options change under it, the browser picks one by itself: show what was really answered.
    Effect::new(move |_| {
        let options = options.get();
        let value = editor.value_untracked(&shown);
        if let Some(select) = select.get() {
            let fits = options.iter().any(|o| o.0 == value);
            select.set_value(if fits { &value } else { "" });
        }
    });
    let (changed, current) = (name.clone(), name.clone());
    let on_change = move |event: web_sys::Event| {
        change(editor, &changed, event_target_value(&event));
        editor.touch(&changed);
    };
    view! {
        <select
            class="input"
            id=id
            name=input_name(&name)
            node_ref=select
            aria-required=field.required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described.get()
            on:change=on_change
        >
            <option value="">{empty}</option>
            {move || {
                let value = editor.value_untracked(&current);
                options
                    .get()
                    .into_iter()
                    .map(|(key, label)| view! { <option value=key.clone() selected=key == value>{label}</option> })
                    .collect::<Vec<_>>()
            }}
        </select>
    }
    .into_any()
}

/// A few options, all in sight.
fn group(editor: Editor, field: &Field, all: Vec<ChoiceOption>) -> AnyView {
    let id = field_id(&field.name);
    let (name, of, error_id) = (field.name.clone(), field.name.clone(), id.clone());
    let error = Memo::new(move |_| editor.error(&of));
    let (help, own) = (field.help.is_some(), id.clone());
    let described = move || described_by(&own, help, error.with(Option::is_some));
    let options = match all.iter().any(|o| !o.when.is_empty()) {
        true => offered(editor, &name),
        false => {
            let fixed: Vec<_> = all.into_iter().map(|o| (o.value, o.label)).collect();
            Memo::new(move |_| fixed.clone())
        }
    };
    view! {
        <fieldset class="field" class:has-error=move || error.with(Option::is_some) id=id.clone() tabindex="-1" aria-describedby=described>
            <legend class="label">
                {field.title.clone()}
                {(!field.required).then(|| view! { <span class="optional">" (optional)"</span> })}
            </legend>
            {field.help.clone().map(|help| view! { <p class="help" id=format!("{id}-help")>{help}</p> })}
            <div class="choices">
                <For each=move || options.get() key=|option| option.0.clone() let:option>
                    {radio(editor, &name, option)}
                </For>
            </div>
            {move || error.get().map(|message| error_line(&error_id, message))}
        </fieldset>
    }
    .into_any()
}

fn radio(editor: Editor, name: &str, (value, label): (String, String)) -> AnyView {
    let checked = editor.value_untracked(name) == value;
    let (of, now) = (name.to_owned(), value.clone());
    // A draft that is taken up again in this tab may bring another answer than the server had.
    let (same, key) = (name.to_owned(), value.clone());
    let on_change = move |event: web_sys::Event| {
        let on =
            event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()).is_some_and(|i| i.checked());
        if on {
            change(editor, &of, now.clone());
            editor.touch(&of);
        }
    };
    view! {
        <label class="choice">
            <input
                type="radio"
                name=input_name(name)
                value=value
                checked=checked
                prop:checked=move || editor.value(&same) == key
                on:change=on_change
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// There is nothing to choose: says what it is.
fn settled(editor: Editor, field: &Field, option: &ChoiceOption) -> AnyView {
    let _ = editor;
    view! {
        <div class="field" id=field_id(&field.name)>
            <p class="label">{field.title.clone()}</p>
            <p class="settled">{option.label.clone()}</p>
            <input type="hidden" name=input_name(&field.name) value=option.value.clone() />
        </div>
    }
    .into_any()
}
