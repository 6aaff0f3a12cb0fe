//! Budgets: what projects and tasks may take, and what they have taken so far.
//!
//! Hours of everybody are told to whoever sees everybody's; to others a budget is a number alone, as it is in the list of projects.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::names::Names;
use super::{MOST_ENTRIES, MOST_ROWS, too_much};
use crate::domain::hours::counted;
use crate::domain::id::{ProjectId, TaskId};
use crate::domain::outcome::Noun;
use crate::domain::project::Project;
use crate::domain::sync::Synced;
use crate::domain::task::Task;
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::service::Principal;
use crate::service::book::{Book, unknown};
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// Which budgets.
#[derive(Clone, Copy, Debug, Default)]
pub struct BudgetsRequest {
    /// Of this project and its tasks; of all of them when not said.
    pub project: Option<ProjectId>,
    /// Those of archived projects and tasks, too?
    pub archived: bool,
}

/// A budget, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Of this project.
    pub project: Synced<Project>,
    /// For whom that is, by name.
    pub customer: Option<String>,
    /// Of this task of it, with what stands below; none: of the whole project.
    pub task: Option<Synced<Task>>,
    /// What may be spent.
    pub budget_minutes: u32,
    /// What was, up to now; none for whoever does not see everybody's hours.
    pub spent_ms: Option<u64>,
}

impl Budget {
    /// What is left; below nothing when more was spent than might be.
    pub fn rest_ms(&self) -> Option<i64> {
        let budget = i64::try_from(self.budget_ms()).ok()?;
        Some(budget - i64::try_from(self.spent_ms?).ok()?)
    }

    /// Whole percent of it that are spent, rounded down: 100 only when all of it is. None for a budget of nothing.
    pub fn percent(&self) -> Option<u64> {
        self.spent_ms?.saturating_mul(100).checked_div(self.budget_ms())
    }

    fn budget_ms(&self) -> u64 {
        u64::from(self.budget_minutes) * MINUTE_MS
    }
}

impl Book {
    /// The budgets there are, as far as the asker sees the projects, by customer, project and task.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn budgets(
        &self,
        principal: &Principal,
        request: BudgetsRequest,
        now: Timestamp,
    ) -> Result<Vec<Budget>, ServiceError> {
        let asker = principal.clone();
        self.door.read(move |reader| report(reader, &asker, request, now)).await?
    }
}

fn report(
    reader: &dyn Reader,
    asker: &Principal,
    request: BudgetsRequest,
    now: Timestamp,
) -> Result<Result<Vec<Budget>, ServiceError>, StoreError> {
    let tells = asker.reach(reader)?.sees_everyone();
    let mut names = Names::new(reader, asker);
    let projects = match request.project {
        Some(id) => match read::sync::record::<Project>(reader, id)? {
            Some(project) if project.is_live() && names.shows(id)? => vec![project],
            _ => return Ok(Err(unknown::<Project>())),
        },
        None => {
            all(reader, |project: &Synced<Project>| request.archived || !project.body.archived)?
        }
    };
    let mut tasks: BTreeMap<ProjectId, Vec<Synced<Task>>> = BTreeMap::new();
    for task in all(reader, |task: &Synced<Task>| {
        task.body.budget_minutes.is_some() && (request.archived || !task.body.archived)
    })? {
        tasks.entry(task.body.project).or_default().push(task);
    }
    let (mut budgets, mut entries) = (Vec::new(), 0);
    for project in projects {
        let tasks = tasks.remove(&project.id).unwrap_or_default();
        let has_one = project.body.budget_minutes.is_some() || !tasks.is_empty();
        if !has_one || !names.shows(project.id)? {
            continue;
        }
        let spent = if tells {
            spent(reader, &mut names, project.id, now, &mut entries)?
        } else {
            Spent::default()
        };
        if entries > MOST_ENTRIES || budgets.len() > MOST_ROWS {
            return Ok(Err(too_much()));
        }
        let customer = match project.body.customer {
            Some(customer) => names.customer_name(customer)?,
            None => None,
        };
        let told = |ms: u64| tells.then_some(ms);
        if let Some(budget_minutes) = project.body.budget_minutes {
            budgets.push(Budget {
                project: project.clone(),
                customer: customer.clone(),
                task: None,
                budget_minutes,
                spent_ms: told(spent.whole),
            });
        }
        for task in tasks {
            let Some(budget_minutes) = task.body.budget_minutes else { continue };
            let spent_ms = told(spent.tasks.get(&task.id).copied().unwrap_or_default());
            let (project, customer) = (project.clone(), customer.clone());
            budgets.push(Budget { project, customer, task: Some(task), budget_minutes, spent_ms });
        }
    }
    budgets.sort_by_cached_key(|budget| {
        let name = |task: &Synced<Task>| task.body.name.to_string();
        let project = (budget.project.body.name.to_string(), budget.project.id);
        (budget.customer.clone(), project, budget.task.as_ref().map(name))
    });
    Ok(Ok(budgets))
}

/// What was spent on a project, and on each of its tasks with what stands below it.
#[derive(Default)]
struct Spent {
    whole: u64,
    tasks: BTreeMap<TaskId, u64>,
}

fn spent(
    reader: &dyn Reader,
    names: &mut Names<'_>,
    project: ProjectId,
    now: Timestamp,
    entries: &mut usize,
) -> Result<Spent, StoreError> {
    let (mut spent, mut by_task) = (Spent::default(), BTreeMap::<TaskId, u64>::new());
    read::entry::each_on(reader, Noun::Project, project.into(), |entry| {
        let ms = counted(&entry.body, now).ms();
        spent.whole += ms;
        if let Some(task) = entry.body.task {
            *by_task.entry(task).or_default() += ms;
        }
        *entries += 1;
        if *entries > MOST_ENTRIES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    for (task, ms) in by_task {
        for task in names.line_of(task)? {
            *spent.tasks.entry(task).or_default() += ms;
        }
    }
    Ok(spent)
}

fn all<N: read::sync::Shelf>(
    reader: &dyn Reader,
    wanted: impl Fn(&Synced<N>) -> bool,
) -> Result<Vec<Synced<N>>, StoreError> {
    let mut found = Vec::new();
    read::sync::each::<N>(reader, None, |record| {
        if wanted(&record) {
            found.push(record);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}
