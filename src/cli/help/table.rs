//! A table as columns of text.

use super::wrap::{Face, Line, Span, widest_word, width, wrap};

/// Between two columns.
const GUTTER: usize = 2;

/// A row of cells.
pub(super) type Row = Vec<Line>;

/// The table in lines of at most `columns` columns, or wider if the longest words do not fit. The first row is the heading.
pub(super) fn lines(rows: &[Row], columns: usize) -> Vec<Line> {
    let widths = widths(rows, columns);
    let wraps = rows.iter().any(|row| row.iter().zip(&widths).any(|(cell, width)| self::width(cell) > *width));
    let mut lines = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let heading = place == 0;
        if heading && row.iter().all(Vec::is_empty) {
            continue;
        }
        lines.extend(row_lines(row, &widths, heading));
        // Rows of several lines are separated by an empty one.
        if wraps && place + 1 < rows.len() {
            lines.push(Line::new());
        }
    }
    lines
}

/// As wide as their cells; if that is too wide, the widest column shrinks, down to its longest word.
fn widths(rows: &[Row], columns: usize) -> Vec<usize> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let most = |measure: fn(&[Span]) -> usize| -> Vec<usize> {
        (0..count)
            .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| measure(cell)).max().unwrap_or_default())
            .collect()
    };
    let (mut widths, least) = (most(width), most(widest_word));
    let room = columns.saturating_sub(GUTTER * count.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let shrinkable = (0..count).filter(|at| widths[*at] > least[*at]);
        let Some(widest) = shrinkable.max_by_key(|at| widths[*at]) else { break };
        widths[widest] -= 1;
    }
    widths
}

fn row_lines(row: &Row, widths: &[usize], heading: bool) -> Vec<Line> {
    let cells: Vec<Vec<Line>> = row.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    (0..height).map(|at| line(cells.iter().map(|cell| cell.get(at)), widths, heading)).collect()
}

fn line<'a>(cells: impl Iterator<Item = Option<&'a Line>>, widths: &[usize], heading: bool) -> Line {
    let (mut line, mut owed) = (Line::new(), 0);
    for (cell, width) in cells.zip(widths) {
        let taken = cell.map_or(0, |cell| self::width(cell));
        if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
            if owed > 0 {
                line.push(Span::new(Face::Plain, " ".repeat(owed)));
                owed = 0;
            }
            line.extend(cell.iter().map(|span| Span::new(if heading { Face::Heading } else { span.face }, span.text.as_str())));
        }
        owed += width.saturating_sub(taken) + GUTTER;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rows: &[&[&str]], columns: usize) -> Vec<String> {
        let rows: Vec<Row> =
            rows.iter().map(|row| row.iter().map(|cell| vec![Span::new(Face::Plain, *cell)]).collect()).collect();
        lines(&rows, columns).iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect()
    }

    #[test]
    fn what_fits_is_aligned() {
        let rows: &[&[&str]] = &[&["key", "does"], &["i, enter", "write"]];
        assert_eq!(shown(rows, 20), ["key       does", "i, enter  write"]);
    }

    #[test]
    fn the_widest_column_gives_way() {
        let rows: &[&[&str]] = &[&["key", "does"], &["i", "write a long question"], &["q", "leave"]];
        assert_eq!(shown(rows, 16), ["key  does", "", "i    write a", "     long", "     question", "", "q    leave"]);
        assert_eq!(shown(rows, 3)[4], "     question", "words are never cut");
    }
}
