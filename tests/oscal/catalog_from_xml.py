#!/usr/bin/env python3
"""Writes an OSCAL catalog that is published as XML in OSCAL's JSON form.

usage: catalog_from_xml.py CATALOG.xml CATALOG.json

Covers the elements that catalogs of requirements have; an element that it does not know is an error,
so that nothing is lost in silence. Needs nothing but Python's own library.
"""
import json
import sys
import xml.etree.ElementTree as ET

# Elements that may stand several times, with the name that their list has in JSON.
LISTS = {
    "action": "actions", "addr-line": "addr-lines", "address": "addresses", "choice": "choice",
    "constraint": "constraints", "control": "controls", "document-id": "document-ids",
    "email-address": "email-addresses", "external-id": "external-ids", "group": "groups",
    "guideline": "guidelines", "hash": "hashes", "link": "links", "location": "locations",
    "location-uuid": "location-uuids", "member-of-organization": "member-of-organizations",
    "param": "params", "part": "parts", "party": "parties", "party-uuid": "party-uuids", "prop": "props",
    "resource": "resources", "responsible-party": "responsible-parties", "revision": "revisions",
    "rlink": "rlinks", "role": "roles", "telephone-number": "telephone-numbers", "test": "tests",
    "url": "urls", "value": "values",
}
# Elements that stand once and have members of their own.
OBJECTS = {"back-matter", "citation", "metadata", "select"}
# Elements that stand once and are a line of text.
TEXTS = {
    "caption", "city", "country", "label", "last-modified", "name", "oscal-version", "postal-code",
    "published", "short-name", "state", "text", "title", "version",
}
# Elements whose text is paragraphs, lists and tables.
PROSE = {"description", "remarks", "usage", "prose"}
# What stands as a line of text although it is in a list.
PLAIN = {
    "addr-line", "choice", "email-address", "location-uuid", "member-of-organization", "party-uuid", "url", "value",
}
# In JSON the text of these stands under a name of its own.
NAMED = {"document-id": "identifier", "external-id": "id", "hash": "value", "telephone-number": "number"}
BLOCKS = {"p", "ul", "ol", "pre", "blockquote", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`", "sub": "~", "sup": "^", "q": '"'}


def tag(element):
    return element.tag.rsplit("}", 1)[-1]


def line(element):
    """Inline markup as Markdown, white space as single spaces."""
    out = [element.text or ""]
    for child in element:
        inner, name = line(child), tag(child)
        if name == "a":
            out.append(f"[{inner}]({child.get('href', '')})")
        elif name == "insert":
            out.append("{{ insert: %s, %s }}" % (child.get("type", "param"), child.get("id-ref", "")))
        elif name == "img":
            out.append(f"![{child.get('alt', '')}]({child.get('src', '')})")
        elif name in MARKS:
            out.append(MARKS[name] + inner + MARKS[name])
        elif name == "br":
            out.append(" ")
        else:
            raise SystemExit(f"an element <{name}> stands within a line of text")
        out.append(child.tail or "")
    return " ".join("".join(out).split())


def block(element):
    """One block of prose as Markdown."""
    name = tag(element)
    if name in {"ul", "ol"}:
        sign = "-" if name == "ul" else "1."
        return "\n".join(f"{sign} {line(item)}" for item in element)
    if name == "table":
        rows = [row for row in element.iter() if tag(row) == "tr"]
        return "\n".join("| " + " | ".join(line(cell) for cell in row) + " |" for row in rows)
    if name == "pre":
        return "```\n" + "".join(element.itertext()) + "\n```"
    if name.startswith("h") and name[1:].isdigit():
        return "#" * int(name[1:]) + " " + line(element)
    return line(element)


def prose(element):
    return "\n\n".join(block(child) for child in element if tag(child) in BLOCKS)


def members(element):
    """An element as an object: its attributes, then what stands in it."""
    out = dict((name, value) for name, value in element.attrib.items() if not name.startswith("{"))
    text = (element.text or "").strip()
    if text:
        out[NAMED.get(tag(element), "text")] = text
    blocks = [block(child) for child in element if tag(child) in BLOCKS]
    if blocks:
        out["prose"] = "\n\n".join(blocks)
    for child in element:
        name = tag(child)
        if name in BLOCKS:
            continue
        if name in LISTS:
            value = line(child) if name in PLAIN else members(child)
            out.setdefault(LISTS[name], []).append(value)
        elif name in OBJECTS:
            out[name] = members(child)
        elif name in PROSE:
            out[name] = prose(child)
        elif name in TEXTS:
            out[name] = line(child)
        else:
            raise SystemExit(f"an element <{name}> stands in <{tag(element)}>")
    return out


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    root = ET.parse(sys.argv[1]).getroot()
    if tag(root) != "catalog":
        raise SystemExit(f"{sys.argv[1]}: its root is <{tag(root)}>, and a catalog is expected")
    catalog = members(root)
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        json.dump({"catalog": catalog}, out, ensure_ascii=False, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
