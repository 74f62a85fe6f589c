/// The version of this program, written into all that it makes.
public enum ProgramVersion {
    /// Semantic version; format versions are numbered on their own.
    public static let current = "0.1.0"
}
