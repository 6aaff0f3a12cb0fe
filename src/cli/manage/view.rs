//! How the window is drawn: a heading, the pages, one of them, and the keys.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Clear, Paragraph, Row, Table, TableState, Tabs, Wrap};

use super::facts::Standing;
use super::rows;
use super::screen::{Dialog, Form, Page, Screen};
use crate::cli::status;

/// Draws the whole window.
pub(super) fn draw(frame: &mut Frame<'_>, screen: &Screen) {
    let [top, tabs, body, notice, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(2),
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    heading(frame, top, screen);
    let titles = Page::ALL.iter().enumerate().map(|(at, page)| {
        Line::from(vec![Span::from(format!("{} ", at + 1)).dim(), Span::from(page.title())])
    });
    let at = Page::ALL.iter().position(|page| *page == screen.page());
    frame.render_widget(
        Tabs::new(titles)
            .select(at)
            .highlight_style(Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)),
        tabs,
    );
    match screen.page() {
        Page::Status => standing(frame, body, screen),
        page => list(frame, body, screen, page),
    }
    frame.render_widget(told(screen), notice);
    let words = screen.keys().into_iter().flat_map(|(key, what)| {
        [Span::from(format!(" {key} ")).reversed(), Span::from(format!(" {what}  "))]
    });
    frame.render_widget(Line::from_iter(words), keys);
    match &screen.dialog {
        Some(Dialog::Ask { question, .. }) => {
            dialog(
                frame,
                " Sure? ",
                Text::from(vec![Line::from(question.as_str()), "".into(), ask_keys()]),
            );
        }
        Some(Dialog::Administrator(form)) => dialog(frame, " New administrator ", fields(form)),
        Some(Dialog::Told(text)) => {
            let mut lines: Vec<Line<'_>> = text.lines().map(Line::from).collect();
            lines.extend(["".into(), Line::from(" Enter  Read").dim()]);
            dialog(frame, " Done ", Text::from(lines));
        }
        None => {}
    }
}

fn heading(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let light = match &screen.facts.standing {
        Standing::Runs(status) if status["state"] == "started" => {
            Span::from(format!("● Started since {} ", rows::since(status))).fg(Color::Green)
        }
        Standing::Runs(status) => {
            Span::from(format!("● {} since {} ", status::told_of(status), rows::since(status)))
                .fg(Color::Red)
        }
        Standing::Down => Span::from("● Not running ").fg(Color::Red),
        Standing::Odd(_) => Span::from("● It does not answer ").fg(Color::Yellow),
        Standing::Unknown => Span::from("○ Looking ").dim(),
    };
    let left = Line::from(vec![
        Span::from("Timebook Server Manager").bold(),
        Span::from(format!("  {}", screen.data.display())).dim(),
    ]);
    frame.render_widget(left, area);
    frame.render_widget(Line::from(light).right_aligned(), area);
}

fn standing(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let text = match &screen.facts.standing {
        Standing::Unknown => Text::from(""),
        Standing::Down => Text::from(
            "Nobody is served: browsers get no answer, and computers keep what they record until the server is back.\n\nPress s to start it; on the page Backups, backups are made, verified and put back.",
        ),
        Standing::Odd(sentence) => Text::from(sentence.as_str()),
        Standing::Runs(facts) => {
            let line = |(what, value): (&str, String)| {
                Line::from(vec![Span::from(format!("{what:<16}")).dim(), Span::from(value)])
            };
            Text::from_iter(status::rows(facts).into_iter().map(line))
        }
    };
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }), area);
}

fn list(frame: &mut Frame<'_>, area: Rect, screen: &Screen, page: Page) {
    let facts = &screen.facts;
    if facts.items.is_empty() {
        let word = match facts.standing {
            Standing::Runs(_) => rows::empty(page),
            Standing::Unknown => "",
            Standing::Down if page == Page::Backups => rows::empty(page),
            Standing::Down | Standing::Odd(_) => "The server does not answer; see Status.",
        };
        return frame.render_widget(Paragraph::new(word).dim(), area);
    }
    let cells: Vec<Vec<String>> =
        facts.items.iter().map(|item| rows::row(page, item, &facts.names)).collect();
    let heading = rows::heading(page);
    let widths = heading.iter().enumerate().map(|(at, title)| {
        let widest = cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
        let wide = u16::try_from(widest.max(title.len())).unwrap_or(u16::MAX);
        // The last column takes what is left.
        if at + 1 == heading.len() { Constraint::Fill(1) } else { Constraint::Max(wide) }
    });
    let table =
        Table::new(cells.iter().map(|row| Row::new(row.iter().map(String::as_str))), widths)
            .header(Row::new(heading.iter().copied()).dim())
            .column_spacing(2)
            .row_highlight_style(Style::new().reversed());
    let mut state = TableState::default().with_selected(Some(screen.selected));
    frame.render_stateful_widget(table, area, &mut state);
}

fn told(screen: &Screen) -> Line<'_> {
    match (&screen.working, &screen.notice) {
        (Some(working), _) => Line::from(format!("{working} …")).fg(Color::Yellow),
        (None, Some(Ok(done))) => Line::from(done.as_str()).fg(Color::Green),
        (None, Some(Err(sentence))) => Line::from(sentence.as_str()).fg(Color::Red),
        (None, None) => Line::default(),
    }
}

fn ask_keys() -> Line<'static> {
    Line::from(" y  Yes    n  No").dim()
}

fn fields(form: &Form) -> Text<'_> {
    let line = |at: usize| {
        let typed = &form.fields[at];
        // Only the name is for everybody's eyes.
        let shown = if at == 0 { typed.clone() } else { "•".repeat(typed.chars().count()) };
        let cursor = if at == form.at { "▏" } else { "" };
        let line = Line::from(format!("{:<10}{shown}{cursor}", Form::LABELS[at]));
        if at == form.at { line.bold() } else { line }
    };
    let mut lines: Vec<Line<'_>> = (0..form.fields.len()).map(line).collect();
    lines.push("".into());
    lines.push(match form.fault {
        Some(fault) => Line::from(fault).fg(Color::Red),
        None => Line::from(" Enter  Next, then add    Esc  Leave").dim(),
    });
    Text::from(lines)
}

fn dialog(frame: &mut Frame<'_>, title: &str, text: Text<'_>) {
    let area = frame.area();
    let wide = area.width.saturating_sub(4).min(76);
    let inner = usize::from(wide.saturating_sub(4)).max(1);
    let high: usize = text.lines.iter().map(|line| line.width().div_ceil(inner).max(1)).sum();
    let high = u16::try_from(high + 2).unwrap_or(u16::MAX).min(area.height);
    let [row] = Layout::vertical([Constraint::Length(high)]).flex(Flex::Center).areas(area);
    let [place] = Layout::horizontal([Constraint::Length(wide)]).flex(Flex::Center).areas(row);
    frame.render_widget(Clear, place);
    let block = Block::bordered().title(title).padding(ratatui::widgets::Padding::horizontal(1));
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }).block(block), place);
}
