//! Wrapping from whole words, paragraph by paragraph.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// The lines of a text, paragraph by paragraph, from whole words: slower, and simpler.
pub(super) fn reference(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| reference_paragraph(paragraph, width)).collect()
}

fn reference_paragraph(paragraph: &str, width: usize) -> Vec<String> {
    let mut done = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for (word, space) in words(paragraph) {
        // White space that vanished leaves the line empty, but not unused.
        if (used > 0 || !line.is_empty()) && used + columns(&word) > width {
            done.push(std::mem::take(&mut line).trim_end_matches([' ', '\u{3000}']).to_owned());
            used = 0;
        }
        for cluster in &word {
            if !line.is_empty() && used + columns(&[*cluster]) > width {
                done.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(cluster);
            used += columns(&[*cluster]);
        }
        for cluster in space {
            used += columns(&[cluster]);
            if used <= width {
                line.push_str(cluster);
            }
        }
    }
    done.push(line);
    done
}

/// Words with the white space after them; the first is empty if the paragraph is indented.
fn words(paragraph: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let is_space = |cluster: &str| [" ", "\u{3000}"].contains(&cluster);
    let mut words: Vec<(Vec<&str>, Vec<&str>)> = vec![(Vec::new(), Vec::new())];
    for cluster in paragraph.graphemes(true) {
        let last = words.len() - 1;
        if is_space(cluster) {
            words[last].1.push(cluster);
            continue;
        }
        let beside_wide = words[last].0.last().is_some_and(|previous| is_wide(previous) || is_wide(cluster));
        if !words[last].1.is_empty() || beside_wide {
            words.push((vec![cluster], Vec::new()));
        } else {
            words[last].0.push(cluster);
        }
    }
    words
}

fn is_wide(cluster: &str) -> bool {
    let is_letter = |first: char| first.is_alphabetic() && first.width().is_some_and(|columns| columns < 2);
    cluster.cell_width() >= 2 && !cluster.starts_with(is_letter)
}

pub(super) fn columns(clusters: &[&str]) -> usize {
    clusters.iter().map(|cluster| usize::from(cluster.cell_width())).sum()
}
