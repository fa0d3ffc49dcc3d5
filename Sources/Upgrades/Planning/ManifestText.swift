import ContentDigests
import Interchange

/// A manifest in words.
public struct ManifestText {
  private let sealed: SealedManifest
  private var plan: Manifest { sealed.manifest }

  /// The words of a manifest.
  public init(_ sealed: SealedManifest) { self.sealed = sealed }

  /// Lines for a person; names in it come from outside and are not made safe for a terminal here.
  public var text: String {
    [head, affected, considered, checks, hold, order, end].filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(
      separator: "\n")
  }

  /// Entries of the coverage that say the plan itself lacks something, rather than the data: to be warned of.
  public static func warnings(_ manifest: Manifest) -> [String] {
    manifest.coverage.filter { [Coverage.noHealthCheck, Coverage.unknownPolicyNode].contains($0.kind) }.map(\.detail)
  }

  private var head: [String] {
    let command =
      plan.upgrade.argv.isEmpty
      ? "any command" : plan.upgrade.argv.joined(separator: " ") + (plan.upgrade.command == .any ? " (or any)" : "")
    return [
      "Manifest \(sealed.id)", "Change: \(plan.change.targets.joined(separator: " ")) (\(plan.change.nodes.joined(separator: " ")))",
      "By: \(command), at most \(plan.upgrade.timeoutSeconds) s",
    ]
  }

  private var affected: [String] {
    ["Affected:"]
      + plan.affected.flatMap { member in
        [
          "  \(member.node)  \(Self.score(member.score))  \(word(member.role))\(member.snapshot ? ", saved" : ", not saved")",
          "    \(member.reason)",
        ]
          + member.path.map(hop)
      }
  }

  private var considered: [String] {
    guard !plan.considered.isEmpty else { return [] }
    return ["Looked at and left out:"]
      + plan.considered.flatMap { ["  \($0.node)  \(Self.score($0.score))  \(word($0.role))", "    \($0.whyNot)"] + $0.path.map(hop) }
  }

  private var checks: [String] {
    guard !plan.checks.isEmpty else { return [] }
    return ["Checked before anything is done:"]
      + plan.checks.map { check in
        check.kind == .unprotected
          ? "  \(check.required ? "FAILS" : "RISK"): \(check.detail)" : "  \(check.detail)\(check.required ? "" : " (noted only)")"
      }
  }

  private var hold: [String] {
    guard !plan.hold.isEmpty else { return [] }
    return ["Served by what changes:"]
      + plan.hold.map { hold in
        let clients = hold.clients.map { $0.node + ($0.processes.isEmpty ? "" : " (\($0.processes.joined(separator: ", ")))") }
        return "  \(hold.node):\(hold.proto):\(hold.port)"
          + (clients.isEmpty ? ", no client was seen" : ", used by \(clients.joined(separator: ", "))")
      }
  }

  private var order: [String] {
    guard !plan.snapshots.isEmpty else { return ["No snapshots."] }
    return ["Snapshots in this order:"]
      + plan.snapshots.map { "  \($0.id). \($0.node)  \($0.driver) \($0.volume)  (group \($0.group))" }
      + ["Put back in this order: \(plan.restore.joined(separator: " "))"]
      + plan.health.map { "Health of \($0.node): \($0.argv.joined(separator: " "))  (\($0.timeoutSeconds) s, \($0.retries) more tries)" }
  }

  private var end: [String] {
    var lines: [String] = []
    if let until = plan.retention.until { lines.append("Snapshots are kept until \(until)") }
    if let expires = plan.expires { lines.append("Good until \(expires), counted from the newest window") }
    return lines + plan.coverage.map { "Coverage: \($0.kind) \($0.subject): \($0.detail)" }
  }

  private func hop(_ hop: Manifest.Hop) -> String {
    "    \(hop.source) → \(hop.target)  \(Self.score(hop.score)), \(Self.score(hop.reached)) left"
  }

  private func word(_ role: Manifest.Role) -> String {
    switch role {
    case .target: "target"
    case .writesTo: "the target writes to it"
    case .dependsOn: "depends on the target"
    case .sharedGroup: "shares a group"
    case .policy: "by policy"
    }
  }

  private static func score(_ value: Double) -> String {
    if case .number(let text) = JSONValue.decimal(value, places: 2) { text } else { "" }
  }
}
