import ArgumentParser
import ToolSupport

/// Carries out a manifest: snapshots, the upgrade, the check, and the restore where it fails.
@main struct Snapexec: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapexec",
    abstract: "Carry out a manifest: save what an upgrade touches, run it, check it, put everything back if it fails.",
    discussion: """
      Example: snapexec apply manifest.json -- apt-get install -y postgresql-15

      Exit codes: 0 done; 1 a rollback would discard what a later manifest did; 10 the upgrade failed and everything was restored; 11 the restore is incomplete, a person is needed; 12 not started: \
      the snapshots could not be taken; 75 stopped, can be resumed; 64 usage; 65 unusable manifest or journal; 69 a driver is unavailable; \
      77 not allowed.
      """, version: holdfastVersion, subcommands: [Apply.self, Resume.self, Rollback.self, Status.self])
}
