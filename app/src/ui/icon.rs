//! Our own few icons: 16 by 16, one stroke, the colour of the text. Always beside words, so hidden from screen readers.
//!
//! To add one: a variant and its path.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Home,
    Catalogue,
    Environments,
    Requests,
    Approvals,
    Audit,
    Settings,
    Search,
    Menu,
    Plus,
    Check,
    Cross,
    Clock,
    Warning,
    Info,
    Undo,
    Chat,
    Arrow,
    Chevron,
    External,
    PullRequest,
    Merge,
    Branch,
    Send,
    Circle,
    Dash,
    File,
    Keyboard,
    SignOut,
}

impl Icon {
    pub const ALL: [Icon; 29] = [
        Icon::Home,
        Icon::Catalogue,
        Icon::Environments,
        Icon::Requests,
        Icon::Approvals,
        Icon::Audit,
        Icon::Settings,
        Icon::Search,
        Icon::Menu,
        Icon::Plus,
        Icon::Check,
        Icon::Cross,
        Icon::Clock,
        Icon::Warning,
        Icon::Info,
        Icon::Undo,
        Icon::Chat,
        Icon::Arrow,
        Icon::Chevron,
        Icon::External,
        Icon::PullRequest,
        Icon::Merge,
        Icon::Branch,
        Icon::Send,
        Icon::Circle,
        Icon::Dash,
        Icon::File,
        Icon::Keyboard,
        Icon::SignOut,
    ];

    fn path(self) -> &'static str {
        match self {
            Icon::Home => "M2.5 7.2 8 2.5l5.5 4.7v6.3h-3.7V9.8H6.2v3.7H2.5z",
            Icon::Catalogue => "M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM8.9 8.9h4.6v4.6H8.9z",
            Icon::Environments => "M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM2.7 5.1 8 8.1l5.3-3M8 8.1v6",
            Icon::Requests => "M5.6 3.6h8M5.6 8h8M5.6 12.4h8M2.4 3.6h.2M2.4 8h.2M2.4 12.4h.2",
            Icon::Approvals => "M14 8A6 6 0 1 1 8 2M5.6 7.6l2.2 2.2L14 3.6",
            Icon::Audit => "M8 1.8 13.2 4v3.6c0 3.2-2.1 5.5-5.2 6.6-3.1-1.1-5.2-3.4-5.2-6.6V4zM5.8 7.9l1.6 1.6 2.9-3",
            Icon::Settings => {
                "M2 4.5h6.2M11.6 4.5H14M2 11.5h2.4M7.8 11.5H14M8.2 4.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 0 0-3.4 0M4.4 11.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 0 0-3.4 0"
            }
            Icon::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.4 3.4",
            Icon::Menu => "M2.5 4.2h11M2.5 8h11M2.5 11.8h11",
            Icon::Plus => "M8 3v10M3 8h10",
            Icon::Check => "M3 8.6 6.4 12 13 4.6",
            Icon::Cross => "M4 4l8 8M12 4l-8 8",
            Icon::Clock => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.8V8l2.2 1.6",
            Icon::Warning => "M8 2.2 14.4 13.4H1.6zM8 6.4v3.2M8 11.5v.2",
            Icon::Info => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 7.4v3.6M8 5v.2",
            Icon::Undo => "M5.6 3 2.6 6l3 3M2.8 6h6.4a4 4 0 0 1 0 8H6",
            Icon::Chat => "M2.5 3h11v8H7l-3 2.6V11H2.5z",
            Icon::Arrow => "M3 8h9.6M9 4.2 12.8 8 9 11.8",
            Icon::Chevron => "M6 3.6 10.4 8 6 12.4",
            Icon::External => "M6.5 3.5h-3v9h9v-3M9 2.8h4.2V7M13 3 7.4 8.6",
            Icon::PullRequest => {
                "M4 5.6v4.8M12 10.4V6.2c0-1-.6-1.8-1.8-1.8H8M9.6 2.6 7.8 4.4l1.8 1.8M4 2.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M4 10.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M12 10.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2"
            }
            Icon::Merge => {
                "M4 5.6v4.8M5.4 4.8c.8 2.2 2.6 3.2 5 3.2M4 2.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M4 10.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M12 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2"
            }
            Icon::Branch => {
                "M4 5.6v4.8M12 5.6c0 2.4-2 2.8-4 3-2.4.3-4 .6-4 1.8M4 2.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M4 10.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M12 2.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2"
            }
            Icon::Send => "M14 2 7.2 8.8M14 2 9.6 14l-2.4-5.2L2 6.4z",
            Icon::Circle => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11",
            Icon::Dash => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M5.6 8h4.8",
            Icon::File => "M4 2h5l3.2 3.2V14H4zM8.8 2.2v3.2H12",
            Icon::Keyboard => "M1.8 4h12.4v8H1.8zM4.2 6.6h.2M6.8 6.6h.2M9.2 6.6h.2M11.6 6.6h.2M5 9.4h6",
            Icon::SignOut => "M6.4 2.8H3v10.4h3.4M7 8h6.4M10.6 5.2 13.4 8l-2.8 2.8",
        }
    }
}

/// The icon as SVG.
pub fn icon(icon: Icon) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=icon.path() />
        </svg>
    }
    .into_any()
}
