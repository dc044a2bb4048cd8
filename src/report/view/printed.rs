//! A finding reads the same whether a printer or the interpreter of templates prints it.

use super::FindingView;
use super::keys::Register;
use crate::contract::v1::sample::{HOSTILE, finding, gaps, head};
use crate::contract::v1::{Finding, Holders};
use crate::report::index::Index;
use crate::report::own_templates::Own;
use crate::report::printer::{Escape, Printer};
use crate::report::template::{TEMPLATES, Templates};

const BOTH: [(&str, Escape); 2] = [("finding.html", Escape::Html), ("finding.md", Escape::Markdown)];

fn built_in(name: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn printer(source: &str, escape: Escape) -> Option<Printer> {
    Printer::read(source, "finding", escape, &built_in)
}

/// Findings with and without each thing that a finding can have.
fn findings() -> Vec<Finding> {
    let mut all: Vec<Finding> = (0..2 * HOSTILE.len()).map(finding).collect();
    let one = finding(3);
    let few = |long: usize| {
        let evidence = one.evidence.iter().cycle().take(long).cloned().zip(0..);
        let evidence =
            evidence.map(|(one, n): (_, usize)| crate::contract::v1::Evidence { value: n.to_string(), ..one });
        Finding { evidence: evidence.collect(), ..one.clone() }
    };
    all.extend([0, 1, 39, 40, 41, 90].map(few));
    all.push(Finding { path: Vec::new(), enumerations: Vec::new(), params: Vec::new(), ..one.clone() });
    all.push(Finding { waiver: Some(0), owners: Vec::new(), requirements: Vec::new(), ..one.clone() });
    all.push(Finding { waiver: Some(99), check_run: "unknown".to_owned(), ..one.clone() });
    all.push(Finding { holders: Some(Holders { count: 2, first: vec![one.subject.clone()] }), ..one.clone() });
    for text in ["a `b|c` <d>", "one ` alone", "", " x ", "\u{fffe}\u{202e}", "ä\u{1f916}"] {
        let mut all_notes = one.clone();
        all_notes.evidence.iter_mut().for_each(|one| one.note = Some(text.to_owned()));
        all.push(Finding { reason: text.to_owned(), ..all_notes });
    }
    all
}

fn with_views(mut each: impl FnMut(&FindingView)) {
    let (head, gaps, findings) = (head(3), gaps(), findings());
    let index = Index::new(&head);
    let shown: Vec<&Finding> = findings.iter().collect();
    let register = Register::new(&index, &shown, &gaps);
    for (one, n) in shown.iter().zip(1..) {
        each(&FindingView::new(&index, &register, n, one));
    }
}

#[test]
fn the_built_in_templates_of_a_finding_are_plain_and_print_the_same() {
    let templates = Templates::built_in();
    for (name, escape) in BOTH {
        let printer = printer(built_in(name).unwrap(), escape).unwrap();
        with_views(|view| {
            let expected = templates.interpreted(name, view).unwrap();
            assert_eq!(printer.print(view).as_deref(), expected.as_str(), "{name}");
        });
    }
}

#[test]
fn a_long_finding_is_left_to_the_interpreter() {
    let source =
        "{% for one in finding.evidence.groups %}{% for row in one.rows %}{{ finding.name }}{% endfor %}{% endfor %}";
    let long = format!("{}{source}", "x".repeat(70_000));
    with_views(|view| assert!(printer(&long, Escape::Html).unwrap().print(view).is_none()));
}

/// White space about tags, macros, lists without entries, and numbers.
#[test]
fn what_is_read_as_plain_prints_what_the_interpreter_prints() {
    let sources = [
        "a\n  {% if finding.waived %}\n  b {% endif %}\n c\n\n",
        "  {% if finding.name %} {% if finding.id %}\n\n  x{% endif %}\n{% endif %}\n",
        "{{ finding.name }}  {% if finding.name %}\n  {{ finding.id }}\n  {% endif %}  \n",
        "\t{% for one in finding.hops.rows %}\n{{ one.n }}{% if loop.first %} f{% endif %}{% if loop.last %} l{% endif %}\n\t{% else %}\n none\n{% endfor %}",
        "{% from \"macros.html\" import more, word %}\n{{ word(finding.verdict, \"a<b\") }}{{ more(finding.hops, \"x\") }}\n",
        "{% if finding.waived %}a{% elif finding.holders or finding.hops.rows %}b{% else %}c{% endif %}",
        "{% for one in finding.params.rows %}{{ one }}{% if loop.last %}.{% else %};{% endif %}{% endfor %}{{ finding.drawing }}",
        "{{ finding.name | code }} {{ finding.reason|inline }}{% for a in finding.evidence.groups %}{% for b in a.rows %}{{ a.path }}{{ b.fact }}{% if loop.first %}1{% endif %}{% endfor %}{% if loop.first %}2{% endif %}{% endfor %}",
        "",
    ];
    for (name, escape) in BOTH {
        for source in sources {
            let own = Own {
                name: name.to_owned(),
                path: name.into(),
                text: source.to_owned(),
                sha256: String::new(),
                replaces: true,
            };
            let templates = Templates::with(vec![own]);
            let printer = printer(source, escape).unwrap();
            with_views(|view| {
                let expected = templates.interpreted(name, view).unwrap();
                assert_eq!(printer.print(view).as_deref(), expected.as_str(), "{source:?}");
            });
        }
    }
}

#[test]
fn what_is_not_plain_is_left_to_the_interpreter() {
    let sources = [
        "{# a #}",
        "{%- if finding.name %}{% endif %}",
        "{% if finding.name %}",
        "{% if finding.name %}{% endfor %}",
        "{% endif %}",
        "{% if not finding.name %}{% endif %}",
        "{% if finding.name and finding.id %}{% endif %}",
        "{% if finding.name == \"a\" %}{% endif %}",
        "{% for one, two in finding.hops.rows %}{% endfor %}",
        "{% for loop in finding.hops.rows %}{% endfor %}",
        "{% set a = 1 %}",
        "{% raw %}{% endraw %}",
        "{% include \"macros.html\" %}",
        "{% from \"macros.html\" import nothing %}",
        "{% from \"macros.html\" import more as other %}",
        "{{ finding.name",
        "{{ finding.name | upper }}",
        "{{ finding.name | inline | upper }}",
        "{{ finding.rows[0] }}",
        "{{ finding . name }}",
        "{{ other.name }}",
        "{{ loop.index }}",
        "{{ word(finding.verdict, \"a\") }}",
        "a\r\n",
    ];
    for source in sources {
        assert!(printer(source, Escape::Html).is_none(), "{source}");
    }
    // What a template names is known only as it prints.
    for source in
        ["{{ finding.nothing }}", "{{ finding.name.x }}", "{{ finding.hops }}", "{% if finding.check %}{% endif %}"]
    {
        with_views(|view| assert!(printer(source, Escape::Html).unwrap().print(view).is_none(), "{source}"));
    }
}
