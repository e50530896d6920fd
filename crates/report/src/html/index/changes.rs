//! What changed since the run before.

use crate::{
    compare::{Change, Changes},
    html::parts::Mark,
    words::counted,
};

/// How many changes of one sort are listed.
const MOST_CHANGES: usize = 20;

/// Changes of one sort.
#[derive(Debug)]
pub(super) struct ChangeList {
    pub(super) title: String,
    pub(super) changes: Vec<ChangeRow>,
    /// How many are not listed.
    pub(super) more: usize,
}

/// One vector that changed.
#[derive(Debug)]
pub(super) struct ChangeRow {
    pub(super) id: String,
    pub(super) is_there: bool,
    pub(super) before: Option<Mark>,
    pub(super) after: Option<Mark>,
}

/// The sorts of changes that there are; none if nothing changed.
pub(super) fn lists(changes: &Changes) -> Vec<ChangeList> {
    let sorts: [(&str, &str, &[Change]); 5] = [
        ("new failure", "new failures", &changes.new_failures),
        ("fixed", "fixed", &changes.fixed),
        ("changed otherwise", "changed otherwise", &changes.changed),
        ("new vector", "new vectors", &changes.new),
        ("gone", "gone", &changes.gone),
    ];
    sorts
        .into_iter()
        .filter(|(_, _, changes)| !changes.is_empty())
        .map(|(one, many, changes)| ChangeList {
            title: counted(changes.len(), one, many),
            changes: changes.iter().take(MOST_CHANGES).map(row).collect(),
            more: changes.len().saturating_sub(MOST_CHANGES),
        })
        .collect()
}

fn row(change: &Change) -> ChangeRow {
    let mark = |verdict| Mark { verdict };
    ChangeRow {
        id: change.id.to_string(),
        is_there: change.after.is_some(),
        before: change.before.map(mark),
        after: change.after.map(mark),
    }
}
