"""Turns a scene's statements into the documents that go beside its capture.

    documents.py truth|inventory SCENE STATEMENTS

A statement is a line: its kind, then KEY=VALUE fields, separated by tabs.
"""

import json
import sys


def read_statements(path):
    """Returns the statements by kind, in the order in which they were made."""
    statements = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            kind, *fields = line.rstrip("\n").split("\t")
            statements.setdefault(kind, []).append(dict(field.split("=", 1) for field in fields))
    return statements


def with_number(statement):
    """The statement with its port, where it has one, as a number."""
    return {key: int(value) if key == "port" else value for key, value in statement.items()}


def truth(scene, statements):
    nodes = [
        {"name": node["name"], "addresses": node["addresses"].split(), "names": node["names"].split()}
        for node in statements["node"]
    ]
    members = {
        "schema": "holdfast.truth/1",
        "scene": scene,
        "seconds": int(statements["duration"][0]["seconds"]),
        "nodes": nodes,
        "dependencies": [with_number(each) for each in statements.get("dependency", [])],
        "through": statements.get("through", []),
        "noise": [with_number(each) for each in statements.get("noise", [])],
    }
    lines = []
    for key, value in members.items():
        if isinstance(value, list):
            items = ",\n".join("    " + json.dumps(item) for item in value)
            lines.append(f'  "{key}": [\n{items}\n  ]' if value else f'  "{key}": []')
        else:
            lines.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def flow_map(members):
    """A YAML mapping on one line; single-quoted where a plain scalar could be read as something else."""

    def scalar(value):
        if isinstance(value, list):
            return "[" + ", ".join(scalar(item) for item in value) + "]"
        return f"'{value}'" if value[0].isdigit() and not value.isdigit() else value

    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in members.items()) + "}"


def inventory(scene, statements):
    def about(kind, node):
        """What was said about a node, without saying again which one it is."""
        said = (each for each in statements.get(kind, []) if each["node"] == node)
        return [{key: value for key, value in each.items() if key != "node"} for each in said]

    lines = [f"# The nodes of the lab's scene {scene}, as it set them up.", "schema: holdfast.inventory/1", "nodes:"]
    for node in statements["node"]:
        lines.append(f"- name: {node['name']}")
        lines += [f"  {key}: {node[key]}" for key in ("kind", "tenant", "hypervisor", "image") if key in node]
        lines.append("  addresses:")
        lines += [f"  - address: '{address}'" for address in node["addresses"].split()]
        sections = {
            "software": [{**each, "paths": each["paths"].split()} for each in about("software", node["name"])],
            "ports": about("port", node["name"]),
            "volumes": about("volume", node["name"]),
        }
        for section, members in sections.items():
            if members:
                lines.append(f"  {section}:")
                lines += [f"  - {flow_map(each)}" for each in members]
        lines += [f"  snapshot: {flow_map(each)}" for each in about("snapshot", node["name"])]
    if "application" in statements:
        lines.append("applications:")
        lines += [
            "- " + flow_map({"name": each["name"], "nodes": each["nodes"].split()})
            for each in statements["application"]
        ]
    return "\n".join(lines) + "\n"


def main():
    kind, scene, path = sys.argv[1:]
    write = {"truth": truth, "inventory": inventory}[kind]
    sys.stdout.write(write(scene, read_statements(path)))


if __name__ == "__main__":
    main()
