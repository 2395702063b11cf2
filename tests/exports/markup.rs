//! A strict parser for the page: it accepts only what the export may write, and returns the tree.

/// An element of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Element(Element),
    Text(String),
}

/// Elements without an end.
const VOID: [&str; 1] = ["meta"];

/// Every allowed element of the page.
const ELEMENTS: [&str; 41] = [
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "h1", "h2", "h3", "p", "ul",
    "li", "a", "div", "span", "b", "sup", "table", "caption", "thead", "tbody", "tr", "th", "td", "abbr", "svg", "desc",
    "polyline", "text", "rect", "strong", "em", "ol", "dl", "dt", "g",
];

/// Every allowed attribute; none of them can contain code.
const ATTRIBUTES: [&str; 32] = [
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "id",
    "href",
    "aria-label",
    "aria-labelledby",
    "role",
    "tabindex",
    "scope",
    "rowspan",
    "title",
    "viewBox",
    "points",
    "transform",
    "text-anchor",
    "xmlns",
    "font-family",
    "font-size",
    "width",
    "height",
    "fill",
    "x",
    "y",
    "textLength",
    "xml:space",
    "font-weight",
    "font-style",
    "text-decoration",
];

/// Reads a page, after its doctype, or a picture.
pub fn parse(text: &str) -> Element {
    let mut reader = Reader { rest: text.strip_prefix("<!doctype html>\n").unwrap_or(text) };
    let root = reader.element();
    assert_eq!(reader.rest.trim(), "", "something stands after the end");
    root
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn fail(&self, what: &str) -> ! {
        panic!("{what}: {:?}", self.rest.chars().take(120).collect::<String>())
    }

    fn expect(&mut self, text: &str) {
        self.rest = self.rest.strip_prefix(text).unwrap_or_else(|| self.fail(&format!("`{text}` is missing")));
    }

    fn until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(stop).unwrap_or_else(|| self.fail("the text ends"));
        let (before, rest) = self.rest.split_at(end);
        self.rest = rest;
        before
    }

    fn element(&mut self) -> Element {
        self.expect("<");
        let name = self.until(|character| !character.is_ascii_alphanumeric()).to_owned();
        if !ELEMENTS.contains(&name.as_str()) {
            self.fail(&format!("an element `{name}`"));
        }
        let mut attributes = Vec::new();
        while self.rest.starts_with(' ') {
            attributes.push(self.attribute());
        }
        let mut element = Element { name, attributes, children: Vec::new() };
        if let Some(rest) = self.rest.strip_prefix("/>") {
            self.rest = rest;
            return element;
        }
        self.expect(">");
        if VOID.contains(&element.name.as_str()) {
            return element;
        }
        if element.name == "style" {
            let style = self.until(|character| character == '<').to_owned();
            element.children.push(Node::Text(style));
        }
        while !self.rest.starts_with("</") {
            let child = if self.rest.starts_with('<') { Node::Element(self.element()) } else { Node::Text(self.text()) };
            element.children.push(child);
        }
        self.expect(&format!("</{}>", element.name));
        element
    }

    fn attribute(&mut self) -> (String, String) {
        self.expect(" ");
        let name = self.until(|character| character == '=').to_owned();
        if !ATTRIBUTES.contains(&name.as_str()) {
            self.fail(&format!("an attribute `{name}`"));
        }
        self.expect("=\"");
        let value = unescaped(self.until(|character| matches!(character, '"' | '<' | '>')));
        self.expect("\"");
        (name, value)
    }

    fn text(&mut self) -> String {
        let text = self.until(|character| character == '<');
        assert!(!text.contains('>'), "{text:?}");
        unescaped(text)
    }
}

/// The text that references stand for; any other than the five is an error, and so is a control character.
fn unescaped(text: &str) -> String {
    assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(';').unwrap_or_else(|| panic!("a bare ampersand in {text:?}"));
        out.push_str(match &rest[at..=at + end] {
            "&amp;" => "&",
            "&lt;" => "<",
            "&gt;" => ">",
            "&quot;" => "\"",
            "&#39;" => "'",
            other => panic!("the reference {other} in {text:?}"),
        });
        rest = &rest[at + end + 1..];
    }
    out + rest
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// This element and all below it, in the order of the page.
    pub fn all(&self) -> Vec<&Self> {
        let below = self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element.all()),
            Node::Text(_) => None,
        });
        std::iter::once(self).chain(below.flatten()).collect()
    }

    /// Its text, without that of elements of this name.
    pub fn text_without(&self, name: &str) -> String {
        let parts = self.children.iter().map(|child| match child {
            Node::Text(text) => text.clone(),
            Node::Element(element) if element.name == name => String::new(),
            Node::Element(element) => element.text_without(name),
        });
        parts.collect()
    }

    pub fn text(&self) -> String {
        self.text_without("")
    }

    /// The structure of the page: elements and attributes without any text that a trace could have brought.
    pub fn skeleton(&self) -> String {
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|(name, value)| if name == "title" { name.clone() } else { format!("{name}={value}") })
            .collect();
        let children = self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element.skeleton()),
            Node::Text(_) => None,
        });
        format!("<{} {}>{}</>", self.name, attributes.join(" "), children.collect::<String>())
    }
}

#[test]
fn the_reader_refuses_what_a_page_may_not_hold() {
    let refused = [
        "<script></script>",
        "<p onclick=\"x\"></p>",
        "<p>&nbsp;</p>",
        "<p>a & b</p>",
        "<p><b></p></b>",
        "<p>",
        "<p class=x></p>",
        "<a href=\"a\"b\"></a>",
        "<p>\u{0}</p>",
        "<p></p><p></p>",
        "<!-- --><p></p>",
    ];
    for text in refused {
        assert!(std::panic::catch_unwind(|| parse(text)).is_err(), "{text}");
    }
    assert_eq!(parse("<p class=\"a\">x &lt;b&gt;<b>y</b></p>").text(), "x <b>y");
}
