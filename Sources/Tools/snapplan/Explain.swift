import ArgumentParser
import ContentDigests
import Interchange
import Planning
import ToolSupport

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print a manifest for a person: what, why, in which order.")

  @Argument(help: ArgumentHelp("The manifest; - is standard input.", valueName: "manifest"))
  var manifest = "-"

  @OptionGroup var common: CommonOptions

  func run() throws {
    try runTool(common.diagnostics(tool: "snapplan")) {
      let sealed = try reading(manifest) { (bytes) throws(DocumentError) in try SealedManifest(sealed: bytes) }
      try common.write(Array(printable(ManifestText(sealed).text, keepingLines: true).utf8))
      return .done
    }
  }
}
