import Interchange

/// How much a dependency matters by what the service is for.
enum NatureWeights {
  /// The weight of a nature, 0 to 1. Protocols without ports (ICMP, tunnels) carry no service that could be named: 0.1.
  static func weight(of nature: Nature, proto: TransportProtocol, hasPort: Bool) -> Double {
    guard hasPort else { return 0.1 }
    return switch nature {
    case .database, .storage: 1
    case .file, .messaging: 0.95
    case .cache, .rpc, .directory: 0.9
    case .web: 0.85
    case .backup: 0.7
    case .unknown, .media: 0.6
    case .control: 0.4
    case .remoteShell: 0.3
    case .naming: 0.25
    case .monitoring, .time: 0.1
    }
  }
}

/// What a service is, from all that the records say of it.
struct ServiceEvidence {
  private var evidence: [ServiceKey: [Service: UInt64]] = [:]
  /// Names of servers seen in the traffic, by service.
  private(set) var names: [ServiceKey: Set<String>] = [:]

  init() {}

  mutating func add(_ edge: EdgeRecord, to service: ServiceKey) {
    if !edge.names.isEmpty { names[service, default: []].formUnion(edge.names) }
    guard let stated = edge.service else { return }
    let bytes = edge.volume.bytesToServer.addingSaturated(edge.volume.bytesToClient)
    evidence[service, default: [:]][stated] = evidence[service]?[stated, default: 0].addingSaturated(bytes) ?? bytes
  }

  /// The judgement for each service: the strongest basis (log, payload, port) among statements that at least a twentieth of the bytes
  /// bear out, so that one probe in another protocol renames nothing; then the most bytes. The inventory's name helps where traffic says nothing.
  func judgements(configured: [ServiceKey: String]) -> [ServiceKey: Service] {
    var result: [ServiceKey: Service] = [:]
    for (key, statements) in evidence {
      let all = statements.values.reduce(UInt64(0)) { $0.addingSaturated($1) }
      let sound = statements.filter { $0.value >= all / 20 }
      result[key] = sound.min { Self.rank($0) < Self.rank($1) }?.key
    }
    for (key, name) in configured where result[key] == nil || result[key]?.nature == .unknown {
      result[key] = Service(app: name, nature: ServiceNames.nature(of: name), basis: result[key]?.basis ?? .port)
    }
    return result
  }

  private static func rank(_ statement: (key: Service, value: UInt64)) -> (Int, Int, UInt64, String, String) {
    let basis =
      switch statement.key.basis {
      case .log: 0
      case .payload: 1
      case .port: 2
      }
    return (statement.key.nature == .unknown ? 1 : 0, basis, .max - statement.value, statement.key.nature.rawValue, statement.key.app ?? "")
  }
}

/// Natures of services by the names that people give them in inventories.
enum ServiceNames {
  private static let natures: [Nature: [String]] = [
    .database: [
      "postgres", "postgresql", "mysql", "mariadb", "mongodb", "oracle", "mssql", "cassandra", "elasticsearch", "clickhouse", "etcd",
    ],
    .storage: ["iscsi", "ceph", "s3", "nbd"], .file: ["nfs", "smb", "cifs", "ftp", "rsync"],
    .directory: ["ldap", "ldaps", "kerberos"], .naming: ["dns", "domain", "mdns", "llmnr"], .time: ["ntp", "ptp"],
    .web: ["http", "https", "http-alt", "www"], .rpc: ["grpc", "rpc", "sunrpc", "thrift"],
    .messaging: ["amqp", "rabbitmq", "kafka", "mqtt", "nats", "smtp", "imap"], .cache: ["redis", "memcached", "memcache", "varnish"],
    .remoteShell: ["ssh", "telnet", "rdp", "vnc", "winrm"],
    .monitoring: ["snmp", "node-exporter", "node_exporter", "prometheus", "zabbix", "nagios", "nrpe", "syslog", "statsd"],
    .backup: ["bacula", "borg", "bareos"], .media: ["rtsp", "sip", "rtp"], .control: ["dhcp", "bgp", "vrrp"],
  ]

  static func nature(of name: String) -> Nature {
    let name = name.lowercased()
    return natures.first { $0.value.contains(name) }?.key ?? .unknown
  }
}
