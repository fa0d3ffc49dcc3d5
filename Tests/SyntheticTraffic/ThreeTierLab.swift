import Interchange

/// Five minutes of a made-up three-tier application, with and without noise around it.
public enum ThreeTierLab {
  public static let web = "10.77.0.10", lb = "10.77.0.11", app1 = "10.77.0.12", app2 = "10.77.0.13", db = "10.77.0.14", redis = "10.77.0.15"
  public static let memcached = "10.77.0.16", dns = "10.77.0.2", client = "10.77.0.20", poller = "10.77.0.30", scanner = "10.77.0.66",
    admin = "10.77.0.40"

  /// The dependencies that are meant, as `client server:proto:port`.
  public static let truth: Set<String> = [
    "\(client) \(web):tcp:80", "\(web) \(lb):tcp:8080", "\(lb) \(app1):tcp:8000", "\(lb) \(app2):tcp:8000", "\(app1) \(db):tcp:5432",
    "\(app2) \(db):tcp:5432", "\(app1) \(redis):tcp:6379", "\(app2) \(redis):tcp:6379", "\(app1) \(memcached):tcp:11211",
    "\(app2) \(memcached):tcp:11211",
  ]
  private static let services: [(String, UInt16, String, Nature)] = [
    (web, 80, "http", .web), (lb, 8080, "http", .web), (app1, 8000, "http", .web), (app2, 8000, "http", .web),
    (db, 5432, "postgresql", .database),
    (redis, 6379, "redis", .cache), (memcached, 11211, "memcached", .cache),
  ]

  private static func every(_ period: Double, from start: Double = 0, to end: Double) -> [Double] {
    Array(stride(from: start, to: end, by: period))
  }

  /// What the application does in so many seconds: a request a second, pooled database connections, a connection a request for the caches.
  public static func application(seconds: Double = 300) -> [Conversation] {
    var all: [Conversation] = []
    for (count, time) in every(1, from: 0.1, to: seconds).enumerated() {
      let app = count % 2 == 0 ? app1 : app2
      all.append(Conversation(client, web, 80, app: "http", .web, at: [time], bytes: (500, 1500)))
      all.append(Conversation(web, lb, 8080, app: "http", .web, at: [time + 0.001], bytes: (550, 1400)))
      all.append(Conversation(lb, app, 8000, app: "http", .web, at: [time + 0.002], bytes: (600, 1300)))
      all.append(Conversation(app, redis, 6379, app: "redis", .cache, at: [time + 0.003], bytes: (350, 300)))
      if count % 3 != 2 { all.append(Conversation(app, memcached, 11211, app: "memcached", .cache, at: [time + 0.004], bytes: (350, 310))) }
    }
    for app in [app1, app2] {
      for connection in 0..<3 {
        let times = every(3, from: 0.2 + Double(connection), to: seconds)
        all.append(Conversation(app, db, 5432, app: "postgresql", .database, at: times, bytes: (200, 400)))
      }
    }
    return all
  }

  /// A poller that asks every service every ten seconds by small, short connections.
  public static func polling(seconds: Double = 300, period: Double = 10) -> [Conversation] {
    services.flatMap { server, port, app, nature in
      every(period, from: 1.3, to: seconds).map { Conversation(poller, server, port, app: app, nature, at: [$0], bytes: (400, 500)) }
    }
  }

  /// A scan of two hundred ports on every host that is there: what listens is opened and dropped, all else is refused or silent.
  public static func scan(at start: Double = 60) -> [Conversation] {
    let listening = Set(services.map { "\($0.0):\($0.1)" })
    var all: [Conversation] = []
    for (place, host) in (1...254).map({ "10.77.0.\($0)" }).enumerated() {
      let isThere = services.contains { $0.0 == host }
      for port in UInt16(1)...(isThere ? 200 : 2) {
        var probe = Conversation(
          scanner, host, port, at: [start + Double(place) * 0.1 + Double(port) * 0.0001], bytes: (44, isThere ? 40 : 0))
        probe.isRefused = isThere
        all.append(probe)
      }
    }
    for (server, port, _, _) in services where listening.contains("\(server):\(port)") {
      all.append(Conversation(scanner, server, port, at: [start + 30], bytes: (120, 44)))
    }
    return all
  }

  /// One login by ssh of 40 seconds.
  public static func login(at start: Double = 100) -> [Conversation] {
    [Conversation(admin, db, 22, app: "ssh", .remoteShell, at: every(2, from: start, to: start + 40), bytes: (400, 900))]
  }

  /// Names, multicast chatter, pings, a broadcast, and questions nobody answered.
  public static func chatter(seconds: Double = 300) -> [Conversation] {
    var all: [Conversation] = []
    for time in every(2, from: 0.5, to: seconds) {
      for host in [web, lb, app1, app2] {
        all.append(Conversation(host, dns, 53, app: "dns", .naming, at: [time], bytes: (60, 120), proto: .udp))
      }
      all.append(Conversation(web, "224.0.0.251", 5353, app: "mdns", .naming, at: [time], bytes: (90, 0), proto: .udp))
      all.append(Conversation(app1, "255.255.255.255", 67, app: "dhcp", .control, at: [time], bytes: (300, 0), proto: .udp))
      all.append(Conversation(app2, "10.77.0.255", 138, at: [time], bytes: (200, 0), proto: .udp))
      all.append(Conversation(admin, db, nil, at: [time], bytes: (84, 84), proto: .icmp))
      all.append(Conversation(app1, "10.77.0.99", 9999, at: [time], bytes: (180, 0)))
    }
    return all
  }

  /// All of it.
  public static func everything(seconds: Double = 300) -> [Conversation] {
    application(seconds: seconds) + polling(seconds: seconds) + scan() + login() + chatter(seconds: seconds)
  }
}
