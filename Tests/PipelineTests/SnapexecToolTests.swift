import ContentDigests
import Foundation
import Interchange
import TestSupport
import Testing

/// snapexec as its users run it, on a btrfs volume of its own.
struct SnapexecBench {
  let loop: LoopVolume
  let scratch: Scratch
  let manifestPath: String
  let digits: String
  let upgrade: String
  var state: String { scratch.path("state") }
  var content: String { (try? String(contentsOfFile: loop.path + "/data/content", encoding: .utf8)) ?? "" }
  /// Snapshots and kept states beside the volume.
  var leftBehind: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: loop.path + "/.holdfast-snapshots")) ?? []).sorted() }

  /// `upgradeWrites`: what the upgrade leaves in the volume; the health check wants `old` or `new`.
  init(
    loop: LoopVolume, upgradeWrites: String, then more: String = "", command: Manifest.Upgrade.Rule = .exact, timeoutSeconds: UInt64 = 30,
    stop: String = "exit 0", expires: Timestamp? = nil, volume: String? = nil, resets: Bool = true
  ) throws {
    let scratch = try Scratch()
    func script(_ name: String, _ text: String) throws -> String {
      let path = try scratch.write(name, Array("#!/bin/sh\n\(text)\n".utf8))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      return path
    }
    let file = loop.path + "/data/content"
    let upgrade = try script("upgrade", "file=\(file)\necho \(upgradeWrites) > $file\n\(more)")
    let health = try script("health", "grep -qxE 'old|new' \(file)")
    let service = try script("service", "exit 0")
    let stopping = try script("stop", stop)
    let manifest = SealedManifest(
      Manifest(
        change: .init(targets: ["db1"], nodes: ["db1"]), inputs: .init(topology: "", inventory: "", policy: ""), affected: [],
        considered: [],
        checks: [.init(kind: .health, node: "db1", required: true, detail: "well")], hold: [],
        snapshots: [.init(id: "1", group: "db1", node: "db1", driver: "btrfs", volume: volume ?? loop.path + "/data")],
        upgrade: .init(argv: [upgrade], command: command, timeoutSeconds: timeoutSeconds),
        services: [.init(node: "db1", stop: [stopping], start: [service], timeoutSeconds: 10)],
        health: [.init(node: "db1", argv: [health], timeoutSeconds: 10, retries: 0)], restore: ["1"],
        retention: .init(keepSeconds: 0, until: nil), expires: expires, coverage: []))
    self.loop = loop
    self.scratch = scratch
    self.upgrade = upgrade
    digits = manifest.digits
    manifestPath = try scratch.write("manifest.json", manifest.bytes)
    if resets { try reset() }
  }

  /// As before anything was done.
  func reset() throws {
    try LoopVolume.shell(
      "rm -rf \(state); for s in \(loop.path)/.holdfast-snapshots/*; do [ -e $s ] && btrfs subvolume delete $s; done; echo old > \(loop.path)/data/content"
    )
  }

  func run(_ arguments: [String]) throws -> Finished {
    try Tools.run("snapexec", arguments.prefix(1) + ["--quiet"] + arguments.dropFirst())
  }
  func apply(_ options: [String] = []) throws -> Finished {
    try run(["apply", "--state", state] + options + [manifestPath, "--", upgrade])
  }

  /// The same, killed at the entry of a system call for the n-th time; nil where it came to its end before that.
  func applyKilled(at calls: String, time: Int) throws -> Finished? {
    let result = try Tools.run(
      executable: "/usr/bin/strace",
      [
        "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(calls):signal=SIGKILL:when=\(time)",
        Tools.folder.appending(path: "snapexec").path, "apply", "--quiet", "--state", state, manifestPath, "--", upgrade,
      ], timeoutSeconds: 30)
    return result.status == 128 + SIGKILL ? nil : result
  }

  func report(_ finished: Finished) throws -> Report { try Report(json: try JSONValue(parsing: finished.output)) }
}

@Suite(.serialized, .enabled(if: LoopVolume.missing.isEmpty, "no btrfs on a loop file here: \(LoopVolume.missing)"))
struct SnapexecToolTests {
  @Test func anUpgradeThatWorksStaysAndIsNotRunTwice() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new")
    let first = try bench.apply()
    #expect(first.status == 0, "\(first.messages)")
    #expect(try Schemas.problems(first.output, kind: "report") == "")
    #expect(try bench.report(first).state == .accepted)
    #expect(bench.content == "new\n")
    try "changed since".write(toFile: bench.loop.path + "/data/content", atomically: true, encoding: .utf8)
    #expect(try bench.apply().status == 0)
    #expect(bench.content == "changed since", "a finished manifest does nothing")
    let status = try bench.run(["status", "--state", bench.state])
    #expect(status.text.contains("accepted") && status.text.contains("btrfs subvolume delete"))
    let rollback = try bench.run(["rollback", "--state", bench.state, String(bench.digits.prefix(8))])
    #expect(rollback.status == 0, "\(rollback.messages)")
    #expect(bench.content == "old\n")
  }

  @Test func anUpgradeThatBreaksItIsPutBackAndKeptAside() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "broken")
    let finished = try bench.apply()
    #expect(finished.status == 10, "\(finished.messages)")
    #expect(try Schemas.problems(finished.output, kind: "report") == "")
    #expect(bench.content == "old\n")
    let report = try bench.report(finished)
    #expect(report.state == .restored)
    let kept = try #require(report.kept.first)
    #expect(try String(contentsOfFile: kept.path + "/content", encoding: .utf8) == "broken\n")
    #expect(try bench.apply().status == 10)
  }

  @Test func whatTheUpgradeLeftRunningIsEndedBeforeTheRestore() throws {
    let marker = "holdfast-\(UUID().uuidString)"
    let bench = try SnapexecBench(
      loop: try LoopVolume(), upgradeWrites: "broken",
      then: "setsid sh -c 'while :; do echo again > $0; sleep 0.05; done; : \(marker)' $file &")
    #expect(try bench.apply().status == 10)
    #expect(try Tools.run(executable: "/usr/bin/pgrep", ["-f", marker]).status == 1, "nothing of it runs any more")
    #expect(bench.content == "old\n")
  }

  @Test func whatDroppedItsEnvironmentIsEndedToo() throws {
    let marker = "holdfast-\(UUID().uuidString)"
    let bench = try SnapexecBench(
      loop: try LoopVolume(), upgradeWrites: "broken",
      then: """
        setsid env -i /bin/sh -c 'while :; do echo again > $0; /bin/sleep 0.05; done; : \(marker)' $file >/dev/null 2>&1 &
        """)
    let finished = try bench.apply()
    #expect(finished.status == 10)
    #expect(try Tools.run(executable: "/usr/bin/pgrep", ["-f", marker]).status == 1, "nothing of it runs any more")
    #expect(bench.content == "old\n")
    let detail = try #require(try bench.report(finished).steps.first { $0.step == "leftovers" }?.detail)
    #expect(detail.hasPrefix("ended what the upgrade left running: ") && !detail.contains("missed"), "\(detail)")
  }

  @Test func anotherProcessSaysWhatItsSearchCanMiss() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new")
    #expect(try bench.apply().status == 0)
    let report = try bench.report(bench.run(["rollback", "--state", bench.state, bench.digits]))
    #expect(report.steps.first { $0.step == "leftovers" }?.detail.contains("what has dropped its environment was missed") == true)
  }

  /// A service that the upgrade began is adopted by snapexec: its stop command must see it gone once it has ended.
  @Test func aStopCommandSeesAnAdoptedProcessEnd() throws {
    let bench = try SnapexecBench(
      loop: try LoopVolume(), upgradeWrites: "broken",
      then: "setsid /bin/sleep 300 >/dev/null 2>&1 & echo $! > $(dirname $0)/pid",
      stop: "pid=$(cat $(dirname $0)/pid); kill $pid; while kill -0 $pid; do sleep 0.05; done")
    let finished = try bench.apply()
    #expect(finished.status == 10)
    #expect(try bench.report(finished).steps.first { $0.step == "stop/db1" }?.detail == "ended with 0")
  }

  @Test func aSubvolumeThatTheUpgradeMadeDoesNotHinderTheRestore() throws {
    let loop = try LoopVolume()
    let bench = try SnapexecBench(
      loop: loop, upgradeWrites: "broken",
      then: "btrfs subvolume create \(loop.path)/data/nest && btrfs subvolume create \"\(loop.path)/data/nest/it's\" && exit 1")
    let finished = try bench.apply()
    #expect(finished.status == 10, "\(finished.messages)")
    #expect(bench.content == "old\n")
    let kept = try #require(try bench.report(finished).kept.first)
    #expect(FileManager.default.fileExists(atPath: kept.path + "/nest/it's"))
    try LoopVolume.shell(kept.deletion)
    #expect(!FileManager.default.fileExists(atPath: kept.path))
  }

  @Test func aServiceDoesNotStartOnAVolumeThatCouldNotBePutBack() throws {
    let loop = try LoopVolume()
    let bench = try SnapexecBench(
      loop: loop, upgradeWrites: "broken", then: "btrfs subvolume delete \(loop.path)/.holdfast-snapshots/*-1; exit 1")
    let finished = try bench.apply()
    #expect(finished.status == 11, "\(finished.messages)")
    let start = try #require(try bench.report(finished).steps.first { $0.step == "start/db1" })
    #expect(start.outcome == .failed && start.detail == "not started: \(loop.path)/data could not be put back")
    #expect(try bench.run(["resume", "--state", bench.state]).status == 11, "without an id it is tried again")
    let status = try bench.run(["status", "--state", bench.state])
    #expect(status.text.contains("snapexec resume \(bench.digits)") && !status.text.contains("delete it with"))
  }

  @Test func aStateFolderThatIsNotThereIsNotMade() throws {
    let scratch = try Scratch()
    for arguments in [["status"], ["resume"], ["rollback", "ab"]] {
      let finished = try Tools.run("snapexec", arguments + ["--state", scratch.path("mistyped")])
      #expect(finished.status == 66 && finished.messages.contains("mistyped"), "\(arguments)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path("mistyped")))
    }
  }

  @Test func manifestsOverOneVolumeAreKeptApart() throws {
    let loop = try LoopVolume()
    let stopsItself = "kill -TERM $(pgrep -f 'snapexec apply.*'\"$(dirname $0)\"); sleep 0.3"
    let first = try SnapexecBench(loop: loop, upgradeWrites: "new")
    #expect(try first.apply().status == 0)
    // Another manifest over the same volume, in the same state folder; the slash is the same volume to the driver.
    let second = try SnapexecBench(loop: loop, upgradeWrites: "new", then: stopsItself, volume: loop.path + "//data", resets: false)
    let third = try SnapexecBench(loop: loop, upgradeWrites: "new", resets: false)
    func apply(_ bench: SnapexecBench) throws -> Finished {
      try bench.run(["apply", "--state", first.state, bench.manifestPath, "--", bench.upgrade])
    }
    func rollBack(_ bench: SnapexecBench) throws -> Finished { try bench.run(["rollback", "--state", first.state, bench.digits]) }
    #expect(try apply(second).status == 75)
    let refused = try apply(third)
    #expect(refused.status == 75 && refused.messages.contains("snapexec resume \(second.digits)"), "\(refused.messages)")
    #expect(!FileManager.default.fileExists(atPath: first.state + "/" + third.digits), "nothing was done")
    #expect(try rollBack(first).status == 1, "the second is unfinished")
    #expect(try first.run(["resume", "--state", first.state]).status == 0)
    let kept = try rollBack(first)
    #expect(kept.status == 1 && kept.messages.contains(second.digits), "\(kept.messages)")
    #expect(first.content == "new\n")
    #expect(try rollBack(second).status == 0)
    #expect(try rollBack(first).status == 0, "the newest comes first")
    #expect(first.content == "old\n")
    #expect(try apply(third).status == 0)
  }

  @Test func anExpiredPlanIsWarnedOfAndCarriedOut() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new", expires: Timestamp(nanoseconds: 0))
    let finished = try Tools.run("snapexec", ["apply", "--state", bench.state, bench.manifestPath, "--", bench.upgrade])
    #expect(finished.status == 0)
    #expect(finished.messages.contains("warning: the plan was good until 1970-01-01"), "\(finished.messages)")
  }

  @Test func afterARestoreItMayBeTriedAgainAsTheMessageSays() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "broken")
    let finished = try Tools.run("snapexec", ["apply", "--state", bench.state, bench.manifestPath, "--", bench.upgrade])
    #expect(finished.status == 10)
    #expect(finished.messages.contains("to try again") && finished.messages.contains("remove \(bench.state)/\(bench.digits)"))
    let report = try bench.report(finished)
    for deletion in report.kept.map(\.deletion) + report.snapshots.map(\.deletion) { try LoopVolume.shell(deletion) }
    try FileManager.default.removeItem(atPath: bench.state + "/" + bench.digits)
    #expect(try bench.report(bench.apply()).steps.contains { $0.step == "upgrade" })
  }

  @Test func anUpgradeThatTakesTooLongIsEndedAndPutBack() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new", then: "sleep 60", timeoutSeconds: 1)
    let finished = try bench.apply()
    #expect(finished.status == 10)
    #expect(try bench.report(finished).steps.first { $0.step == "upgrade" }?.detail == "took too long and was ended")
    #expect(bench.content == "old\n")
  }

  @Test func nothingIsStartedWhereASnapshotCannotBeTaken() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new")
    // Something else has the snapshot's name.
    try LoopVolume.shell("mkdir -p \(bench.loop.path)/.holdfast-snapshots/\(bench.digits.prefix(16))-1")
    let finished = try bench.apply()
    #expect(finished.status == 12, "\(finished.messages)")
    #expect(bench.content == "old\n")
    #expect(bench.leftBehind == ["\(bench.digits.prefix(16))-1"], "what is not ours stays")
    try LoopVolume.shell("rmdir \(bench.loop.path)/.holdfast-snapshots/*")
    #expect(try bench.apply().status == 0, "it may be tried again")
  }

  @Test func ordersThatAreNotAllowedAreRefused() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new")
    #expect(try bench.run(["apply", "--state", bench.state, bench.manifestPath, "--", "/bin/true"]).status == 77)
    #expect(try bench.run(["apply", "--state", bench.state, bench.manifestPath]).status == 64)
    #expect(try bench.run(["apply", "--state", bench.state, bench.scratch.path("absent"), "--", "/bin/true"]).status == 66)
    try FileManager.default.createDirectory(atPath: bench.state, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.state)
    #expect(try bench.apply().status == 77)
    try FileManager.default.removeItem(atPath: bench.state)
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: bench.manifestPath)))
    for cut in [0, 1, bytes.count / 2, bytes.count - 2, bytes.count - 1] {
      let path = try bench.scratch.write("cut", Array(bytes[..<cut]))
      #expect(try bench.run(["apply", "--state", bench.state, path, "--", bench.upgrade]).status == 65, "cut at \(cut)")
    }
    #expect(bench.content == "old\n" && bench.leftBehind.isEmpty)
  }

  @Test func aDryRunWalksTheSameStepsAndChangesNothing() throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: "new")
    let dry = try bench.apply(["--dry-run"])
    #expect(dry.status == 0)
    #expect(bench.content == "old\n" && bench.leftBehind.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: bench.state))
    let steps = try bench.report(dry).steps.map(\.step)
    for step in try bench.report(dry).steps { #expect(step.detail.hasSuffix("(dry run)"), "\(step.step): \(step.detail)") }
    #expect(try bench.report(bench.apply()).steps.map(\.step) == steps)
  }

  @Test func asTermStopsBetweenStepsAndResumeFinishes() throws {
    let bench = try SnapexecBench(
      loop: try LoopVolume(), upgradeWrites: "new", then: "kill -TERM $(pgrep -f 'snapexec apply.*'\"$(dirname $0)\"); sleep 0.3")
    let stopped = try Tools.run("snapexec", ["apply", "--state", bench.state, bench.manifestPath, "--", bench.upgrade])
    #expect(stopped.status == 75, "\(stopped.messages)")
    #expect(stopped.messages.contains("finishing this step; once more ends the running command"))
    #expect(stopped.messages.contains("stopped; go on with: snapexec resume \(bench.digits) --state \(bench.state)"))
    #expect(try bench.apply().status == 75, "it has to be resumed")
    #expect(try bench.run(["resume", "--state", bench.state]).status == 0)
    #expect(bench.content == "new\n")
    #expect(try bench.run(["resume", "--state", bench.state]).status == 0, "nothing is left to do")
  }
}

/// kill -9 at every record of the journal, and at every system call by which the driver changes the volume.
@Suite(
  .serialized, .enabled(if: LoopVolume.missing.isEmpty, "no btrfs on a loop file here: \(LoopVolume.missing)"),
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "strace is missing"))
struct SnapexecCrashTests {
  @Test(arguments: [
    ("new", "fsync,fdatasync", 19), ("broken", "fsync,fdatasync", 30), ("new", "renameat2", 1), ("broken", "ioctl,renameat2", 10),
  ])
  func afterAnyCrashResumeFinishesOrUndoes(upgradeWrites: String, calls: String, killsMin: Int) throws {
    let bench = try SnapexecBench(loop: try LoopVolume(), upgradeWrites: upgradeWrites)
    let upgradeWorks = upgradeWrites == "new"
    var kills = 0
    while true {
      try bench.reset()
      if let finished = try bench.applyKilled(at: calls, time: kills + 1) {
        #expect(finished.status == (upgradeWorks ? 0 : 10), "\(finished.messages)")
        break
      }
      kills += 1
      let place = "\(calls) \(kills)"
      guard FileManager.default.fileExists(atPath: bench.state) else {
        #expect(bench.content == "old\n" && bench.leftBehind.isEmpty, "\(place): killed before anything was done")
        continue
      }
      let resumed = try bench.run(["resume", "--state", bench.state])
      let again = try bench.run(["resume", "--state", bench.state])
      #expect(again.status == 0 && again.output.isEmpty, "\(place): one resume is enough")
      let tag = "\(bench.digits.prefix(16))-1"
      switch resumed.status {
      case 0 where resumed.output.isEmpty:
        // Killed before anything was done, or once everything was.
        let status = try bench.run(["status", "--state", bench.state])
        let finished = status.text.contains(upgradeWorks ? "accepted" : "restored")
        #expect(bench.content == (finished && upgradeWorks ? "new\n" : "old\n"), "\(place)")
        #expect(bench.leftBehind == (finished ? upgradeWorks ? [tag] : [tag, "failed-\(tag)"] : []), "\(place)")
      case 0:
        #expect(upgradeWorks && bench.content == "new\n" && bench.leftBehind == [tag], "\(place)")
      case 10: #expect(bench.content == "old\n" && bench.leftBehind == [tag, "failed-\(tag)"], "\(place)")
      case 12: #expect(bench.content == "old\n" && bench.leftBehind.isEmpty, "\(place)")
      default: Issue.record("\(place): resume ended with \(resumed.status): \(resumed.messages)")
      }
      try #require(kills < 200)
    }
    #expect(kills >= killsMin, "every step was cut off once")
  }
}
