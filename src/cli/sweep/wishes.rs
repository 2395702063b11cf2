//! The sweep that the command line requests, parsed and checked before any member is opened.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::ArgMatches;

use super::{Failure, notice, options};
use crate::config::Config;
use crate::display;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::needs::Origin;
use crate::prompts::{self, Answers, Prompt};
use crate::sweep::{Axis, Grid, Seeding, Sweep, imply, settle};

/// The number of answers above which the user has to confirm: some hours of the built-in ensemble, money elsewhere.
const MANY: usize = 10_000;

/// The default seed: a sweep must be the same one when it is started again.
const SEED: u64 = 1;

/// How the figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Table,
    Csv,
    Json,
}

/// The request.
pub(super) struct Wishes {
    /// Without its folder of traces, which is not open yet.
    pub(super) sweep: Sweep,
    /// Instructions before every conversation.
    pub(super) system: Option<String>,
    pub(super) format: Format,
    pub(super) jobs: Option<NonZeroUsize>,
    pub(super) results: Option<PathBuf>,
    pub(super) fresh: bool,
    pub(super) traces: bool,
}

/// Reads the command line, the configuration and the file of prompts.
pub(super) fn of(matches: &ArgMatches) -> Result<(Wishes, Config), Failure> {
    let mut config = options::config_but_knobs(matches)?;
    let grid = grid(matches, &mut config)?;
    let file = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let mut prompts = prompts::read(&file, Answers::Optional)?;
    prompts.truncate(matches.get_one("limit").map_or(usize::MAX, |limit: &NonZeroUsize| limit.get()));
    let system = config.system.clone();
    let sweep = Sweep {
        grid,
        params: config.params.clone(),
        seed: matches.get_one("seed").copied().unwrap_or(SEED),
        seeding: Seeding::OfPrompt,
        prompts: prompts.into_iter().map(|prompt| under(system.as_deref(), prompt)).collect(),
        traces: None,
    };
    let (settings, count) = (sweep.grid.settings(), sweep.len());
    if count > MANY && !matches.get_flag("yes") {
        let prompts = sweep.prompts.len();
        return Err(Failure::Usage(format!(
            "{settings} settings of {prompts} prompts are {count} answers: add --yes if that is meant, or --limit N for fewer prompts"
        )));
    }
    let wishes = Wishes {
        sweep,
        system,
        format: match (matches.get_flag("json"), matches.get_flag("csv")) {
            (true, _) => Format::Json,
            (false, true) => Format::Csv,
            (false, false) => Format::Table,
        },
        jobs: matches.get_one("jobs").copied(),
        results: matches.get_one("results").cloned(),
        fresh: matches.get_flag("fresh"),
        traces: !matches.get_flag("no-traces"),
    };
    Ok((wishes, config))
}

/// The knobs with several values are the axes; those with one are set.
fn grid(matches: &ArgMatches, config: &mut Config) -> Result<Grid, Failure> {
    let mut axes = Vec::new();
    for (knob, text) in options::given_knobs(matches) {
        config.given.set(knob.name, Origin::CommandLine);
        let list = Axis::parse(knob, text)?;
        match list.values.as_slice() {
            [only] => config.params.set(knob.name, only)?,
            _ => axes.push(list),
        }
    }
    let said = |name: &str| config.given.origin(name) == Some(Origin::CommandLine);
    let implied = imply(&axes, &mut config.params, said).map_err(|idle| Failure::Usage(idle.to_string()))?;
    let grid = Grid::new(axes)?;
    for implied in &implied {
        config.given.set(implied.knob, Origin::CommandLine);
        notice(&display!(
            "`{}` is set to {}: otherwise sweeping `{}` would change nothing",
            implied.knob,
            implied.value,
            implied.by
        ));
    }
    let settled = settle(grid.axes(), &mut config.params, &config.given);
    options::say(&options::without_own_sampling(options::with_preset(settled, config), config), config);
    Ok(grid)
}

/// The prompt under these instructions.
fn under(system: Option<&str>, mut prompt: Prompt) -> Prompt {
    let mut conversation = Conversation::under(system);
    conversation.turns.append(&mut prompt.conversation.turns);
    Prompt { conversation, ..prompt }
}
