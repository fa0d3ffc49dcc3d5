import ContentDigests
import Interchange

/// Manifests for walks: so many volumes, one health check each.
enum SmallManifest {
  static func make(volumes: Int = 2, driver: String = "memory", required: Bool = true) -> SealedManifest {
    let ids = (1...volumes).map(String.init)
    return SealedManifest(
      Manifest(
        change: .init(targets: ["n1"], nodes: ["n1"]), inputs: .init(topology: "", inventory: "", policy: ""), affected: [], considered: [],
        checks: ids.map { .init(kind: .health, node: "n\($0)", required: required, detail: "well") },
        hold: [.init(node: "n1", addresses: [], proto: "tcp", port: 5432, clients: [])],
        snapshots: ids.map { .init(id: $0, group: "g", node: "n\($0)", driver: driver, volume: "/v\($0)") },
        upgrade: .init(argv: ["/upgrade"], command: .exact, timeoutSeconds: 10),
        services: ids.map { .init(node: "n\($0)", stop: ["/stop"], start: ["/start"], timeoutSeconds: 10) },
        health: ids.map { .init(node: "n\($0)", argv: ["/health", $0], timeoutSeconds: 10, retries: 0) }, restore: ids.reversed(),
        retention: .init(keepSeconds: 0, until: nil), expires: nil, coverage: []))
  }
}
