//! Bodies that several resources share, as the specification has them.

use super::check::Shape;

/// `shape!(NAME { "key" TEXT, "other" &OTHER, !"required" TEXT })`
macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($rest:tt)* }) => {
        $(#[$doc])*
        pub(crate) static $name: $crate::bitbucket::rest::check::Shape =
            $crate::bitbucket::rest::check::Shape::Object($crate::bitbucket::rest::shapes::fields!([] $($rest)*));
    };
}

macro_rules! fields {
    ([$($done:expr,)*]) => { &[$($done),*] };
    ([$($done:expr,)*] ! $name:literal $shape:expr $(, $($rest:tt)*)?) => {
        $crate::bitbucket::rest::shapes::fields!([$($done,)* $crate::bitbucket::rest::check::Field { name: $name, shape: $shape, required: true },] $($($rest)*)?)
    };
    ([$($done:expr,)*] $name:literal $shape:expr $(, $($rest:tt)*)?) => {
        $crate::bitbucket::rest::shapes::fields!([$($done,)* $crate::bitbucket::rest::check::Field { name: $name, shape: $shape, required: false },] $($($rest)*)?)
    };
}
pub(crate) use {fields, shape};

pub(crate) static TEXT: Shape = Shape::Text;
pub(crate) static WHOLE: Shape = Shape::Whole;
pub(crate) static FLAG: Shape = Shape::Flag;
pub(crate) static MAP: Shape = Shape::Map;
pub(crate) static ANY: Shape = Shape::Any;
pub(crate) static TEXTS: Shape = Shape::List(&TEXT);
pub(crate) static STATE: Shape = Shape::OneOf(&["CANCELLED", "FAILED", "INPROGRESS", "SUCCESSFUL", "UNKNOWN"]);
pub(crate) static REVIEW: Shape = Shape::OneOf(&["UNAPPROVED", "NEEDS_WORK", "APPROVED"]);
pub(crate) static ROLE: Shape = Shape::OneOf(&["AUTHOR", "REVIEWER", "PARTICIPANT"]);
static REF_TYPE: Shape = Shape::OneOf(&["BRANCH", "TAG"]);
static PR_STATE: Shape = Shape::OneOf(&["DECLINED", "MERGED", "OPEN"]);
static MATCHER_TYPE: Shape = Shape::OneOf(&["ANY_REF", "BRANCH", "PATTERN", "MODEL_CATEGORY", "MODEL_BRANCH"]);

shape!(USER {
    "active" &FLAG, "avatarUrl" &TEXT, "displayName" &TEXT, "emailAddress" &TEXT, "id" &WHOLE, "links" &MAP,
    "name" &TEXT, "slug" &TEXT, "type" &TEXT
});
pub(crate) static USERS: Shape = Shape::List(&USER);

shape!(PROJECT {
    "avatar" &TEXT, "avatarUrl" &TEXT, "description" &TEXT, "id" &WHOLE, !"key" &TEXT, "links" &MAP, "name" &TEXT,
    "public" &FLAG, "scope" &TEXT, "type" &TEXT
});

shape!(REPOSITORY {
    "archived" &FLAG, "defaultBranch" &TEXT, "description" &TEXT, "forkable" &FLAG, "hierarchyId" &TEXT, "id" &WHOLE,
    "links" &MAP, "name" &TEXT, "origin" &MAP, "partition" &WHOLE, "project" &PROJECT, "public" &FLAG,
    "relatedLinks" &MAP, "scmId" &TEXT, "scope" &TEXT, "slug" &TEXT, "state" &TEXT, "statusMessage" &TEXT
});

shape!(PULL_REQUEST_REF {
    "displayId" &TEXT, "id" &TEXT, "latestCommit" &TEXT, "repository" &REPOSITORY, "type" &REF_TYPE
});

shape!(PARTICIPANT {
    "approved" &FLAG, "lastReviewedCommit" &TEXT, "role" &ROLE, "status" &REVIEW, "user" &USER
});
static PARTICIPANTS: Shape = Shape::List(&PARTICIPANT);

shape!(PULL_REQUEST {
    "author" &PARTICIPANT, "closed" &FLAG, "closedDate" &WHOLE, "createdDate" &WHOLE, "description" &TEXT,
    "descriptionAsHtml" &TEXT, "draft" &FLAG, "fromRef" &PULL_REQUEST_REF, "htmlDescription" &TEXT, "id" &WHOLE,
    "links" &MAP, "locked" &FLAG, "open" &FLAG, "participants" &PARTICIPANTS, "reviewers" &PARTICIPANTS,
    "state" &PR_STATE, "title" &TEXT, "toRef" &PULL_REQUEST_REF, "updatedDate" &WHOLE, "version" &WHOLE
});

shape!(MATCHER_KIND { "id" &MATCHER_TYPE, "name" &TEXT });
shape!(MATCHER { "displayId" &TEXT, "id" &TEXT, "type" &MATCHER_KIND });

shape!(VERSION { "version" &WHOLE });
