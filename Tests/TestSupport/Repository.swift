import Foundation

/// Where the project's own files are, found from this file's place.
public enum Repository {
  /// The project's folder.
  public static let root: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// A file of `fixtures/`.
  public static func fixture(_ name: String) -> URL { root.appending(path: "fixtures").appending(path: name) }

  /// The content of a file of `fixtures/`.
  public static func fixtureBytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: fixture(name))) }

  /// The folder of real captures and logs that `HOLDFAST_DATA` names; nil where it is not there.
  public static let data: URL? = {
    guard let path = ProcessInfo.processInfo.environment["HOLDFAST_DATA"], !path.isEmpty else { return nil }
    return FileManager.default.fileExists(atPath: path + "/MANIFEST.tsv") ? URL(fileURLWithPath: path) : nil
  }()
}
