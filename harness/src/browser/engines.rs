//! The engines that there are: the one place that lists them.

use crosscheck_report::leg::Leg;

use super::{chromium::ChromiumEngine, engine::Engine};

/// Every engine, the default first.
pub static ENGINES: &[&dyn Engine] = &[&ChromiumEngine];

/// The engine that replays on `leg`; none if no browser does.
pub fn engine_of(leg: Leg) -> Option<&'static dyn Engine> {
    ENGINES.iter().copied().find(|engine| engine.leg() == leg)
}

/// The engine that is used where one is enough.
///
/// # Panics
///
/// Never: the list is not empty.
pub fn default_engine() -> &'static dyn Engine {
    *ENGINES.first().expect("the list of engines is not empty")
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::load::Suite;

    use super::ENGINES;

    #[test]
    fn every_deviation_says_what_the_standard_says_and_fits_a_vector() {
        let suite = Suite::embedded().unwrap();
        for engine in ENGINES {
            for entry in &engine.known_deviations().entries {
                assert_eq!(entry.leg, Some(engine.leg()), "{}", entry.id);
                assert!(entry.standard.is_some(), "{}", entry.id);
                assert!(
                    suite.vectors.keys().any(|id| entry.id.matches(id.as_str())),
                    "{}",
                    entry.id
                );
            }
        }
    }
}
