//! What is left of a statement for one holder, after its boundary and the denies on it.
//!
//! Most identities have neither: their grants are the statement's own summary, compiled once
//! for each distinct list of actions. The rest share a few *contexts* (one boundary and one
//! set of denies); what a context leaves of a statement is computed once for each pair.
//!
//! Of AWS's rules this follows: a boundary limits what other policies allow; a deny that covers all that an action acts on
//! takes it away, under a condition perhaps; a deny on some resources narrows the grant and leaves it. How much is left is
//! worked out in `left`, in three readings.

use std::borrow::Cow;
use std::collections::BTreeSet;

use hashbrown::HashMap;
use indexmap::IndexSet;

use super::left::{Context, Home, Left, Rules, denies, is_broad};
use super::levels::{ActionSummary, Levels};
use super::names;
use super::pattern::{covers, has_variable, may_be_abroad, names_everything, overlap};
use super::trusts::ASSUME;
use crate::model::facts::{group, identity};
use crate::model::policy::{ListId, Statement, StatementId};
use crate::model::schema::FactId;
use crate::model::table::{ABSENT, UNKNOWN};
use crate::model::{Subject, Sym, World};

/// What a statement gives one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties of what is left")]
pub struct Effective<'a> {
    /// What its actions amount to.
    pub actions: &'a ActionSummary,
    /// What those of them amount to that a boundary and denies leave for every resource; `None` for none.
    pub everywhere: Option<&'a ActionSummary>,
    /// The same for those that they leave whatever the circumstances.
    pub always: Option<&'a ActionSummary>,
    /// Whether it holds for every resource.
    pub any_resource: bool,
    /// Whether the statement itself names every resource, whatever is left of it.
    pub names_all: bool,
    /// Whether it names all of a kind on which its actions do what matters most; `None` where what is left of the
    /// actions is not what stands in the statement.
    pub of_kind: Option<bool>,
    /// Whether a deny of every resource but some leaves of them what nobody can tell.
    pub spared: bool,
    /// Whether a deny makes of every action every action but a list, in which all stands that makes an administrator.
    pub all_but: bool,
}

/// The bit of the classes beyond those that have one of their own.
const TOO_MANY: u128 = 1 << 127;
/// The most grants of an identity that are looked at by their classes alone.
const MOST_BY_CLASS: usize = 1000;

/// What a statement gives where nothing limits it.
#[derive(Debug, Clone, Copy)]
struct Plain {
    /// Its list of actions, among the summaries.
    list: u32,
    any_resource: bool,
    of_kind: bool,
    class: u32,
}

/// What makes two statements alike in all but the names of resources and conditions.
#[expect(clippy::struct_excessive_bools, reason = "each tells statements apart by itself")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Class {
    /// The denies that narrow it, by their context; 0 for none.
    context: u32,
    list: u32,
    any_resource: bool,
    of_kind: bool,
    conditional: bool,
    inverted: bool,
    /// Whether it names what may lie in another account, where that matters.
    abroad: bool,
}

/// All grants, ready to be read.
#[derive(Debug, Default)]
pub struct Grants {
    /// By distinct statement: what it gives where nothing limits it; `None` for a deny.
    plain: Vec<Option<Plain>>,
    /// By distinct statement: whether it is a deny that speaks of every resource, or of every one of a kind.
    broad: Vec<bool>,
    /// What each distinct list of actions amounts to where nothing limits it.
    summaries: Vec<ActionSummary>,
    contexts: IndexSet<Context>,
    context_of: Vec<u32>,
    /// The sorts of grants, by which answers are shared.
    classes: IndexSet<Class>,
    /// By context of denies alone, and statement: the class of what is left of it; none if nothing is.
    narrowed_class: HashMap<(u32, StatementId), Option<u32>>,
    /// By identity: the set of classes of its grants, and how many grants that are. No grants where that does not
    /// say all: a boundary limits them, they are too many, or of too many classes.
    classes_of: Vec<(u32, u16)>,
    /// The sets of classes that identities have.
    class_sets: IndexSet<u128>,
    /// By context and list of actions: what is left of it; `None` if nothing.
    left: HashMap<(u32, u32), Option<Left>>,
    /// By context: whether it takes `sts:AssumeRole` away altogether.
    no_assume: Vec<bool>,
    /// Identities with a deny that narrows a grant without removing it.
    narrowed: Vec<bool>,
    /// The sets of denies that identities have, and by identity which.
    denies: IndexSet<Box<[StatementId]>>,
    denies_of: Vec<u32>,
    /// By what single actions are judged.
    pub(super) levels: Levels,
}

impl Grants {
    /// Compiles the statements and the contexts of all identities.
    #[must_use]
    pub fn build(world: &World, levels: &Levels) -> Self {
        let statements = &world.statements;
        let mut known: HashMap<(ListId, bool), u32> = HashMap::new();
        let mut grants = Self {
            contexts: IndexSet::from([Context::default()]),
            denies: IndexSet::from([Box::default()]),
            levels: levels.clone(),
            ..Self::default()
        };
        for at in 0..statements.count() {
            let plain = statements.get(StatementId(at)).filter(|statement| statement.allow).map(|statement| {
                let key = (statement.actions, statement.inverted_actions);
                let list = *known.entry(key).or_insert_with(|| {
                    grants.summaries.push(levels.summary(texts(world, statement.actions), statement.inverted_actions));
                    u32::try_from(grants.summaries.len() - 1).unwrap_or(u32::MAX)
                });
                let any_resource = any_resource(world, statement);
                let summary = grants.summaries.get(list as usize);
                let of_kind = summary.is_some_and(|actions| all_of_kind(world, statement, actions));
                let abroad = summary.is_some_and(|actions| is_abroad(world, statement, actions));
                let (class, _) = grants.classes.insert_full(Class {
                    context: 0,
                    list,
                    any_resource,
                    of_kind,
                    conditional: !statements.members(statement.conditions).is_empty(),
                    inverted: statement.inverted_actions || statement.inverted_resources,
                    abroad,
                });
                Plain { list, any_resource, of_kind, class: u32::try_from(class).unwrap_or(u32::MAX) }
            });
            grants.plain.push(plain);
            let deny = statements.get(StatementId(at)).filter(|statement| !statement.allow);
            grants.broad.push(deny.is_some_and(|deny| is_broad(world, levels, deny)));
        }
        for row in world.table(Subject::Identity).rows() {
            grants.add_context(world, levels, row);
        }
        let bars = |context| Rules::new(world, levels, context).bars(ASSUME);
        grants.no_assume = grants.contexts.iter().map(bars).collect();
        grants
    }

    fn add_context(&mut self, world: &World, levels: &Levels, row: u32) {
        let boundary = u32::try_from(world.table(Subject::Identity).get(identity::BOUNDARY.id, row)).ok();
        let (mut denies, mut all) = (BTreeSet::new(), BTreeSet::new());
        let mut narrowed = false;
        let mut by_arn = false;
        let mut allows = Vec::new();
        let own = holdings(world, row).filter_map(|at| world.statements.entry(at)).map(|(_, id, _)| (*id, true));
        let of_boundary = boundary.into_iter().flat_map(|policy| world.statements.of_policy(policy));
        for (id, held) in own.chain(of_boundary.map(|(_, id, _)| (*id, false))) {
            let Some(statement) = world.statements.get(id) else { continue };
            if statement.allow {
                if held {
                    allows.push(id);
                }
                continue;
            }
            all.insert(id);
            narrowed |= !takes_away(world, statement);
            if self.broad.get(id.0 as usize).copied().unwrap_or(false) {
                by_arn |= !takes_away(world, statement);
                denies.insert(id);
            }
        }
        // A boundary whose text was not loaded limits in a way that nobody knows: grants stay as
        // they are, and the estate says that the list of them is open.
        let loaded = boundary.filter(|policy| !world.statements.of_policy(*policy).is_empty());
        let home = if by_arn || loaded.is_some() { Home::of(names::arn(world, row)) } else { None };
        let (context, _) =
            self.contexts.insert_full(Context { boundary: loaded, denies: denies.into_iter().collect(), home });
        let context = u32::try_from(context).unwrap_or(0);
        self.context_of.push(context);
        self.narrowed.push(narrowed);
        let set = if all.is_empty() { 0 } else { self.denies.insert_full(all.into_iter().collect()).0 };
        self.denies_of.push(u32::try_from(set).unwrap_or(0));
        self.leave(world, levels, context, &allows);
        let classes = self.classes_among(world, context, &allows);
        let (classes, count) = classes.unwrap_or((0, 0));
        self.classes_of.push((u32::try_from(self.class_sets.insert_full(classes).0).unwrap_or(u32::MAX), count));
    }

    /// Works out what a context leaves of statements, once for each list of actions.
    fn leave(&mut self, world: &World, levels: &Levels, context: u32, allows: &[StatementId]) {
        let Some(rules) = self.contexts.get_index(context as usize).filter(|_| context != 0) else { return };
        for id in allows {
            let (Some(Some(Plain { list, .. })), Some(statement)) =
                (self.plain.get(id.0 as usize), world.statements.get(*id))
            else {
                continue;
            };
            self.left.entry((context, *list)).or_insert_with(|| Rules::new(world, levels, rules).left(statement));
        }
    }

    /// The classes of what a context leaves of statements, a bit each, and of how many of them it leaves anything.
    fn classes_among(&mut self, world: &World, context: u32, allows: &[StatementId]) -> Option<(u128, u16)> {
        // Of boundaries there are as many as identities, and denies that are read by account are seldom shared.
        let shared = |context: &Context| context.boundary.is_none() && context.home.is_none();
        if allows.len() > MOST_BY_CLASS || !self.contexts.get_index(context as usize).is_some_and(shared) {
            return None;
        }
        let (mut classes, mut count) = (0_u128, 0_u16);
        for id in allows {
            let class = match context {
                0 => self.plain.get(id.0 as usize).copied().flatten().map(|plain| plain.class),
                _ => self.class_within(world, context, *id),
            };
            let Some(class) = class else { continue };
            classes |= 1_u128.checked_shl(class).unwrap_or(TOO_MANY);
            count = count.saturating_add(1);
        }
        (classes & TOO_MANY == 0).then_some((classes, count))
    }

    /// The class of what a context of denies leaves of a statement; none if nothing is left.
    fn class_within(&mut self, world: &World, context: u32, id: StatementId) -> Option<u32> {
        if let Some(known) = self.narrowed_class.get(&(context, id)) {
            return *known;
        }
        let plain = self.plain.get(id.0 as usize).copied().flatten();
        let made = plain.zip(world.statements.get(id)).and_then(|(plain, statement)| {
            let actions = &self.left.get(&(context, plain.list))?.as_ref()?.actions;
            let class = Class {
                context,
                list: plain.list,
                any_resource: plain.any_resource,
                of_kind: all_of_kind(world, statement, actions),
                conditional: !world.statements.members(statement.conditions).is_empty(),
                inverted: statement.inverted_actions || statement.inverted_resources,
                abroad: is_abroad(world, statement, actions),
            };
            Some(u32::try_from(self.classes.insert_full(class).0).unwrap_or(u32::MAX))
        });
        self.narrowed_class.insert((context, id), made);
        made
    }

    /// What the statement gives the identity (or, without one, any holder that nothing limits).
    #[must_use]
    pub fn effective(&self, identity: Option<u32>, id: StatementId) -> Option<Effective<'_>> {
        let Plain { list, any_resource, of_kind, .. } = (*self.plain.get(id.0 as usize)?)?;
        let context = identity.and_then(|row| self.context_of.get(row as usize)).copied().unwrap_or(0);
        if context == 0 {
            let actions = self.summaries.get(list as usize)?;
            let whole = Some(actions);
            let (spared, all_but) = (false, false);
            return Some(Effective {
                actions,
                everywhere: whole,
                always: whole,
                any_resource,
                names_all: any_resource,
                of_kind: Some(of_kind),
                spared,
                all_but,
            });
        }
        let left = self.left.get(&(context, list))?.as_ref()?;
        let everywhere = left.everywhere.get(&left.actions);
        Some(Effective {
            actions: &left.actions,
            everywhere,
            always: left.always.get(&left.actions),
            any_resource: any_resource && everywhere.is_some(),
            names_all: any_resource,
            of_kind: None,
            spared: left.spared,
            all_but: left.all_but,
        })
    }

    /// The class of a statement for an identity, on which all depends but the names of its resources and conditions.
    /// `None` where a boundary limits it for the identity.
    #[must_use]
    pub fn class(&self, identity: Option<u32>, id: StatementId) -> Option<u32> {
        match identity.and_then(|row| self.context_of.get(row as usize)).copied().unwrap_or(0) {
            0 => (*self.plain.get(id.0 as usize)?).map(|plain| plain.class),
            context => *self.narrowed_class.get(&(context, id))?,
        }
    }

    /// The classes of all grants of an identity, a bit each, and how many grants that are. `None` where it has none, or
    /// the classes do not say all of them.
    #[must_use]
    pub fn classes(&self, identity: u32) -> Option<(u128, u16)> {
        let (set, grants) = self.classes_of.get(identity as usize).copied().filter(|(_, grants)| *grants > 0)?;
        Some((*self.class_sets.get_index(set as usize)?, grants))
    }

    /// Whether an unconditional deny or the boundary takes `sts:AssumeRole` away from the identity altogether.
    #[must_use]
    pub fn cannot_assume(&self, identity: u32) -> bool {
        let context = self.context_of.get(identity as usize).copied().unwrap_or(0);
        self.no_assume.get(context as usize).copied().unwrap_or(false)
    }

    /// Whether a deny narrows some grant of the identity without removing it.
    #[must_use]
    pub fn narrowed(&self, identity: u32) -> bool {
        self.narrowed.get(identity as usize).copied().unwrap_or(false)
    }

    /// The denies on an identity, those of its boundary among them, and its boundary, if its text was read. `None` where
    /// there is neither.
    pub(super) fn limits(&self, world: &World, identity: u32) -> Option<(&[StatementId], Option<u32>)> {
        let denies = self.denies_of.get(identity as usize).and_then(|set| self.denies.get_index(*set as usize));
        let denies = denies.map_or(&[][..], |set| set);
        // Whoever has a boundary that was read is in a context of its own.
        let limited = self.context_of.get(identity as usize).is_some_and(|context| *context != 0);
        let boundary = limited.then(|| read_boundary(world, identity)).flatten();
        (!denies.is_empty() || boundary.is_some()).then_some((denies, boundary))
    }

    /// What the identity's denies and its boundary leave of an action on what a pattern of resources names.
    ///
    /// The action is a single one, such as `sts:AssumeRole`.
    #[must_use]
    pub fn allows(&self, world: &World, identity: u32, action: &str, resource: &str) -> Leave {
        let boundary = read_boundary(world, identity);
        let limited = self.context_of.get(identity as usize).is_some_and(|context| *context != 0);
        if boundary.is_none() && !limited && !self.narrowed(identity) {
            return Leave::Whole;
        }
        let own = holdings(world, identity).filter_map(|at| world.statements.entry(at)).map(|(_, id, _)| *id);
        let of_boundary =
            boundary.into_iter().flat_map(|policy| world.statements.of_policy(policy)).map(|(_, id, _)| *id);
        let mut leave = Leave::Whole;
        for id in own.chain(of_boundary) {
            let Some(deny) = world.statements.get(id).filter(|statement| !statement.allow) else { continue };
            if denies(world, id, action) {
                leave = leave.min(match names(world, identity, deny, resource) {
                    Named::All if world.statements.members(deny.conditions).is_empty() => Leave::Nothing,
                    Named::None => Leave::Whole,
                    _ => Leave::Part,
                });
            }
        }
        let Some(policy) = boundary else { return leave };
        let mut inside = Leave::Nothing;
        for (_, id, _) in world.statements.of_policy(policy) {
            let Some(limit) = world.statements.get(*id).filter(|statement| statement.allow) else { continue };
            let patterns = || texts(world, limit.actions);
            let (covered, touched) = if limit.inverted_actions {
                let out = patterns().any(|pattern| covers(pattern, action));
                (!out, !out)
            } else {
                (patterns().any(|pattern| covers(pattern, action)), patterns().any(|pattern| overlap(pattern, action)))
            };
            if touched {
                inside = inside.max(match names(world, identity, limit, resource) {
                    Named::All if covered && world.statements.members(limit.conditions).is_empty() => Leave::Whole,
                    Named::None => Leave::Nothing,
                    _ => Leave::Part,
                });
            }
        }
        leave.min(inside)
    }
}

/// True if a statement names all of a kind on which actions do what matters most.
fn all_of_kind(world: &World, statement: &Statement, actions: &ActionSummary) -> bool {
    texts(world, statement.resources).any(|one| actions.matters_everywhere(one))
}

/// True if a statement names what may lie in another account, and its actions send something where that is.
fn is_abroad(world: &World, statement: &Statement, actions: &ActionSummary) -> bool {
    actions.sends_to && texts(world, statement.resources).any(may_be_abroad)
}

/// The boundary of an identity, if its text was read.
fn read_boundary(world: &World, identity: u32) -> Option<u32> {
    let boundary = u32::try_from(world.table(Subject::Identity).get(identity::BOUNDARY.id, identity)).ok();
    boundary.filter(|policy| !world.statements.of_policy(*policy).is_empty())
}

/// What denies and a boundary leave of an action on some resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leave {
    /// Nothing.
    Nothing,
    /// Some of them, or all under a condition.
    Part,
    /// All.
    Whole,
}

/// How much of what a pattern names a statement names.
enum Named {
    None,
    Part,
    All,
}

fn names(world: &World, identity: u32, statement: &Statement, resource: &str) -> Named {
    let (mut all, mut part) = (false, false);
    for pattern in texts(world, statement.resources) {
        let (pattern, whole) = written(world, identity, pattern);
        let covered = covers(&pattern, resource);
        all |= covered && whole;
        part |= covered || overlap(&pattern, resource);
    }
    match (statement.inverted_resources, all, part) {
        (true, true, _) | (false, false, false) => Named::None,
        (true, false, false) | (false, true, _) => Named::All,
        (_, false, true) => Named::Part,
    }
}

/// A pattern with its variables filled in, and whether all could be.
pub(super) fn written<'a>(world: &World, identity: u32, pattern: &'a str) -> (Cow<'a, str>, bool) {
    if !has_variable(pattern) {
        return (Cow::Borrowed(pattern), true);
    }
    let (filled, whole) = names::filled(world, identity, pattern);
    (Cow::Owned(filled), whole)
}

/// The numbers of all statements of an identity's own policies, then of its groups'.
pub fn holdings(world: &World, row: u32) -> impl Iterator<Item = u32> + '_ {
    let own = policies_of(world, Subject::Identity, identity::POLICIES.id, row);
    let groups = world.table(Subject::Identity).members(identity::GROUPS.id, row);
    let of_groups =
        groups.iter().flat_map(|(_, group, _)| policies_of(world, Subject::Group, group::POLICIES.id, *group));
    own.chain(of_groups).flat_map(|policy| world.statements.range_of_policy(policy))
}

fn policies_of(world: &World, subject: Subject, fact: FactId, row: u32) -> impl Iterator<Item = u32> + '_ {
    world.table(subject).members(fact, row).iter().map(|(_, policy, _)| *policy)
}

/// True for a deny that takes its actions away whatever the resource and the circumstances.
fn takes_away(world: &World, statement: &Statement) -> bool {
    !statement.allow && any_resource(world, statement) && holds_always(world, statement)
}

/// True if a statement holds whatever the circumstances for all that it names: it has no condition, and excepts nothing.
#[must_use]
pub fn holds_always(world: &World, statement: &Statement) -> bool {
    world.statements.members(statement.conditions).is_empty() && !statement.inverted_resources
}

/// True if the statement holds for every resource, or nearly: `NotResource` is taken for it.
pub fn any_resource(world: &World, statement: &Statement) -> bool {
    statement.inverted_resources || texts(world, statement.resources).any(names_everything)
}

/// The texts of a list.
pub fn texts(world: &World, list: ListId) -> impl Iterator<Item = &str> + Clone {
    world.statements.members(list).iter().map(|sym: &Sym| world.strings.text(*sym))
}

/// True if nobody said whether the identity has a boundary, or it has one whose text was not loaded.
///
/// What it holds is then no more than possible: the boundary may take any of it away.
#[must_use]
pub fn boundary_unread(world: &World, row: u32) -> bool {
    match world.table(Subject::Identity).get(identity::BOUNDARY.id, row) {
        UNKNOWN => world.table(Subject::Identity).get(identity::ROOT.id, row) != 1,
        ABSENT => false,
        policy => u32::try_from(policy).is_ok_and(|policy| world.statements.of_policy(policy).is_empty()),
    }
}

/// The policies of an identity and of its groups, each once, in ascending order of rows.
#[must_use]
pub fn policies_held(world: &World, row: u32) -> BTreeSet<u32> {
    let mut held = BTreeSet::new();
    held.extend(
        world.table(Subject::Identity).members(identity::POLICIES.id, row).iter().map(|(_, policy, _)| *policy),
    );
    for (_, member, _) in world.table(Subject::Identity).members(identity::GROUPS.id, row) {
        held.extend(
            world.table(Subject::Group).members(group::POLICIES.id, *member).iter().map(|(_, policy, _)| *policy),
        );
    }
    held
}
