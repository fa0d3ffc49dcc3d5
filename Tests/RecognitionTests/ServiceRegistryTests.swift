import Foundation
import Interchange
import TestSupport
import Testing

@testable import Recognition

/// One row of a table, read the slow and plain way.
private struct Row {
  var name: String
  var ports: ClosedRange<UInt16>
  var protocols: [TransportProtocol]

  init?(_ line: Substring) {
    guard let match = line.wholeMatch(of: /(\S+) (\d+)(?:-(\d+))?\/([a-z,]+)/), let low = UInt16(match.2),
      let high = match.3.map({ UInt16($0) }) ?? low, low <= high
    else { return nil }
    name = String(match.1)
    ports = low...high
    protocols = []
    for text in match.4.split(separator: ",", omittingEmptySubsequences: false) {
      guard let proto = TransportProtocol(text), ["tcp", "udp", "sctp", "dccp"].contains(text) else { return nil }
      protocols.append(proto)
    }
  }
}

private struct Port: Hashable {
  var proto: TransportProtocol
  var port: UInt16
}

@Suite struct ServiceRegistryTests {
  private let registry = ServiceRegistry.shared

  private func rows(_ table: StaticString) -> [(line: Substring, row: Row?)] {
    table.description.split(separator: "\n", omittingEmptySubsequences: false).map { ($0, Row($0)) }
  }

  @Test func everyRowIsWellFormedAndInOrderAndNoPortStandsTwice() {
    for table in [IANAServices.table] + WellKnownServices.tables.map(\.table) {
      var last: UInt16 = 0
      for (line, row) in rows(table) {
        guard let row else {
          Issue.record("«\(line)» is no row")
          continue
        }
        #expect(row.ports.lowerBound >= last, "\(line)")
        last = row.ports.lowerBound
      }
    }
    for tables in [[IANAServices.table], WellKnownServices.tables.map(\.table)] {
      var seen: Set<Port> = []
      for row in tables.flatMap({ rows($0) }).compactMap(\.row) {
        for proto in row.protocols {
          for port in row.ports { #expect(seen.insert(Port(proto: proto, port: port)).inserted, "\(row.name) \(port)/\(proto.text)") }
        }
      }
    }
  }

  @Test func lookingUpAgreesWithTheTablesForEveryPort() {
    var expected: [Port: Service] = [:]
    let tables = [(Nature.unknown, IANAServices.table)] + WellKnownServices.tables.map { ($0.nature, $0.table) }
    for (nature, table) in tables {
      for row in rows(table).compactMap(\.row) {
        for proto in row.protocols {
          for port in row.ports { expected[Port(proto: proto, port: port)] = Service(app: row.name, nature: nature, basis: .port) }
        }
      }
    }
    #expect(expected.count > 10_000)
    for proto in [TransportProtocol.tcp, .udp, .sctp, .dccp, .icmp, TransportProtocol(number: 255)] {
      var wrong: [UInt16] = []
      for port in UInt16.min...UInt16.max {
        let service = expected[Port(proto: proto, port: port)]
        if registry.service(proto: proto, port: port) != service || registry.isRegistered(proto: proto, port: port) != (service != nil) {
          wrong.append(port)
        }
      }
      #expect(wrong.isEmpty, "\(proto.text)")
    }
  }

  @Test func everyNatureHasServices() {
    #expect(Set(WellKnownServices.tables.map(\.nature)) == Set(Nature.allCases).subtracting([.unknown]))
  }

  @Test(
    arguments: [
      (.tcp, 5432, "postgresql", .database), (.tcp, 80, "http", .web), (.tcp, 443, "https", .web), (.udp, 443, "https", .web),
      (.tcp, 6379, "redis", .cache), (.tcp, 11211, "memcached", .cache), (.tcp, 3306, "mysql", .database),
      (.tcp, 27017, "mongodb", .database),
      (.tcp, 9042, "cassandra", .database), (.tcp, 9092, "kafka", .messaging), (.tcp, 5672, "amqp", .messaging),
      (.tcp, 2379, "etcd", .database),
      (.tcp, 8080, "http-alt", .web), (.udp, 53, "dns", .naming), (.udp, 123, "ntp", .time), (.tcp, 22, "ssh", .remoteShell),
      (.udp, 514, "syslog", .monitoring), (.tcp, 514, "shell", .remoteShell), (.tcp, 389, "ldap", .directory), (.tcp, 2049, "nfs", .file),
      (.tcp, 3260, "iscsi", .storage), (.tcp, 111, "sunrpc", .rpc), (.tcp, 9103, "bacula-sd", .backup), (.sctp, 5060, "sip", .media),
      (.udp, 67, "dhcp", .control), (.tcp, 1, "tcpmux", .unknown), (.dccp, 9, "discard", .unknown),
    ] as [(TransportProtocol, UInt16, String, Nature)])
  func wellKnownPortsAreWhatPracticeCallsThem(proto: TransportProtocol, port: UInt16, app: String, nature: Nature) {
    #expect(registry.service(proto: proto, port: port) == Service(app: app, nature: nature, basis: .port))
  }

  @Test(arguments: [(.tcp, 0), (.tcp, 65535), (.udp, 5432 + 30000), (.icmp, 80)] as [(TransportProtocol, UInt16)])
  func otherPortsHaveNoService(proto: TransportProtocol, port: UInt16) {
    #expect(registry.service(proto: proto, port: port) == nil)
    #expect(!registry.isRegistered(proto: proto, port: port))
  }
}
