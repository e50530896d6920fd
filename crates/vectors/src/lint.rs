//! Rules across a whole suite.

mod client;

use std::collections::BTreeSet;

use crosscheck_oracle::Failure;

use crate::{
    capability::Capability,
    client::Api,
    expect::StepOutcome,
    policy::Policy,
    role::{self, RoleError},
    suite::{Problem, Suite},
    vector::{PolicySource, Vector, VectorId, VectorStep},
};

/// The longest wait that a step may ask for, in milliseconds.
const LONGEST_WAIT: u32 = 10_000;

/// Everything wrong with `suite`, in the order of ids.
pub(crate) fn lint(suite: &Suite) -> Vec<Problem> {
    let known = Known::of(suite);
    let mut problems = Vec::new();
    for (id, vector) in &suite.vectors {
        let mut say = |message: String| {
            problems.push(Problem {
                file: format!("{}.json", id.topic()),
                place: id.to_string(),
                message,
            });
        };
        references(vector, &known, &mut say);
        server_part(id, vector, suite, &mut say);
        for (index, step) in vector.steps.iter().enumerate() {
            one_step(vector, step, &mut |message| {
                say(format!("steps[{index}]: {message}"));
            });
        }
    }
    problems.extend(dependencies(suite));
    problems
}

struct Known<'a> {
    requirements: BTreeSet<&'a str>,
    concepts: BTreeSet<&'a str>,
    flags: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(suite: &'a Suite) -> Self {
        Self {
            requirements: suite
                .requirements
                .requirements
                .iter()
                .map(|row| &*row.id)
                .collect(),
            concepts: suite.concepts.concepts.iter().map(|row| &*row.id).collect(),
            flags: suite.flags.flags.iter().map(|row| &*row.id).collect(),
        }
    }
}

fn references(vector: &Vector, known: &Known<'_>, say: &mut impl FnMut(String)) {
    if vector.requirements.is_empty() {
        say(
            "`requirements` is empty; name the rows of `requirements.json` that it tests"
                .to_owned(),
        );
    }
    let lists = [
        (
            "requirements",
            &vector.requirements,
            &known.requirements,
            "requirements.json",
        ),
        (
            "concepts",
            &vector.concepts,
            &known.concepts,
            "concepts.json",
        ),
        ("flags", &vector.flags, &known.flags, "flags.json"),
    ];
    for (field, ids, known, file) in lists {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !known.contains(&**id) {
                say(format!("`{field}` names `{id}`, which is not in `{file}`"));
            }
            if !seen.insert(id) {
                say(format!("`{field}` names `{id}` twice"));
            }
        }
    }
    let beyond_policies = Capability::BEYOND_POLICIES.map(Capability::word);
    for capability in &vector.requires {
        if !beyond_policies.contains(&&**capability) {
            say(format!(
                "`requires` names `{capability}`; known are {}",
                beyond_policies.join(", ")
            ));
        }
    }
    for (field, text) in [("title", &vector.title), ("why", &vector.why)] {
        if !text.ends_with('.') || text.trim() != text {
            say(format!(
                "`{field}` is not a sentence; end it with a full stop"
            ));
        }
    }
    if vector.steps.is_empty() {
        say("`steps` is empty".to_owned());
    }
    if vector.through.is_some() {
        visits(vector, say);
    }
}

/// Steps that are visits in any order.
fn visits(vector: &Vector, say: &mut impl FnMut(String)) {
    if vector.policy.is_none() {
        say("`through` is about servers; it needs a `policy`".to_owned());
    }
    if vector.steps.len() < 2 {
        say("`through` needs at least two steps: one visit must come after another".to_owned());
    }
    let told = |step: &VectorStep| {
        let requests = &step.expect.requests;
        requests.iter().any(|request| request.handled.is_some())
    };
    if vector.steps.iter().any(told) {
        say("`handled` cannot be told with `through`: the cache may answer".to_owned());
    }
}

fn server_part(id: &VectorId, vector: &Vector, suite: &Suite, say: &mut impl FnMut(String)) {
    match (&vector.policy, &vector.script) {
        (Some(_), Some(_)) => {
            say("has both `policy` and `script`; a vector judges one side".to_owned());
        }
        (None, None) => say("has neither `policy` nor `script`".to_owned()),
        (Some(source), None) => {
            if !id.as_str().starts_with("server/") {
                say("has a `policy`, so it judges servers and belongs below `server/`".to_owned());
            }
            match (source, suite.policy_of(vector)) {
                (PolicySource::Suite(name), None) => {
                    say(format!("`policies/{name}.json` does not exist"));
                }
                (_, Some(policy)) => roles(vector, policy, say),
                (PolicySource::Inline(_), None) => {}
            }
        }
        (None, Some(script)) => {
            if !id.as_str().starts_with("browser/") {
                say("has a `script`, so it judges clients and belongs below `browser/`".to_owned());
            }
            for role in role::roles_of(vector) {
                say(format!(
                    "`{{{role}}}` needs a policy; write the literal value"
                ));
            }
            for (index, answer) in script.0.iter().enumerate() {
                if !(100..=999).contains(&answer.status) {
                    say(format!(
                        "script[{index}].status {} is not three digits",
                        answer.status
                    ));
                }
            }
        }
    }
}

fn roles(vector: &Vector, policy: &Policy, say: &mut impl FnMut(String)) {
    match role::fill(vector, policy) {
        Ok(_) => {}
        Err(error @ RoleError::Unknown(_)) => say(error.to_string()),
        Err(error @ RoleError::NotApplicable { .. }) => {
            say(format!("{error}; choose another policy for this vector"));
        }
    }
}

fn one_step(vector: &Vector, step: &VectorStep, say: &mut impl FnMut(String)) {
    let (client, expect) = (&step.client, &step.expect);
    let is_error = matches!(
        expect.outcome,
        StepOutcome::ApiError | StepOutcome::NetworkError
    );
    match (&expect.reason, is_error) {
        (Some(reason), true) if !Failure::all_names().contains(&&**reason) => {
            say(format!(
                "`reason` is `{reason}`, which is no failure name of the oracle"
            ));
        }
        (None, true) => say("an error needs a `reason`".to_owned()),
        (Some(_), false) => say("`reason` goes only with an error".to_owned()),
        _ => {}
    }
    client::lint(client, say);
    let response = expect.outcome == StepOutcome::Readable && client.api.shows_response();
    if response != expect.status.is_some() {
        say(
            "`status` must be there exactly if the outcome is `readable` and the interface shows it"
                .to_owned(),
        );
    }
    let sees = !expect.visible_headers.is_empty() || expect.body.is_some();
    if sees && !response {
        say("`visible_headers` and `body` go only with a response that the page gets".to_owned());
    }
    let raw = client.api == Api::Raw;
    if raw != (expect.outcome == StepOutcome::Answered) || raw != client.origin.is_none() {
        say(
            "`api: raw`, the outcome `answered` and a missing `client.origin` go together"
                .to_owned(),
        );
    }
    if expect.outcome == StepOutcome::ApiError && !expect.requests.is_empty() {
        say("an `api-error` sends nothing, so `requests` must be empty".to_owned());
    }
    if vector.script.is_some()
        && (!expect.responses.is_empty() || expect.requests.iter().any(|r| r.handled.is_some()))
    {
        say("`responses` and `handled` judge a server under a policy, not a script".to_owned());
    }
    for (index, assertion) in expect.responses.iter().enumerate() {
        if assertion.of >= expect.requests.len() {
            say(format!(
                "`responses[{index}].of` is {}, but there is no such request",
                assertion.of
            ));
        }
    }
    if client.after_ms > LONGEST_WAIT {
        say(format!("`client.after_ms` is above {LONGEST_WAIT}"));
    }
}

fn dependencies(suite: &Suite) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, vector) in &suite.vectors {
        let mut say = |message: String| {
            problems.push(Problem {
                file: format!("{}.json", id.topic()),
                place: id.to_string(),
                message,
            });
        };
        for needed in &vector.depends_on {
            if !suite.vectors.contains_key(needed) {
                say(format!(
                    "`depends_on` names `{needed}`, which does not exist"
                ));
            }
        }
        if needed_by(suite, id).contains(id) {
            say("`depends_on` leads back to itself".to_owned());
        }
    }
    problems
}

/// All that `id` depends on, directly or not.
fn needed_by<'a>(suite: &'a Suite, id: &'a VectorId) -> BTreeSet<&'a VectorId> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(vector) = open.pop().and_then(|id| suite.vectors.get(id)) {
        open.extend(
            vector
                .depends_on
                .iter()
                .filter(|needed| found.insert(*needed)),
        );
    }
    found
}
