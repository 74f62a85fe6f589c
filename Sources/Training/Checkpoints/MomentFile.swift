internal import Model
internal import Streaming

/// What an optimiser keeps as a safetensors file: `first_moment.<parameter>`, `second_moment.<parameter>` and the like.
enum MomentFile {
    private static func name(_ moment: OptimizerMoment, _ entry: ParameterLayout.Entry) -> String {
        moment.name + "." + entry.name
    }

    static func write(_ optimizer: any Optimizer, layout: ParameterLayout, to path: String) throws(Failure) {
        let items = optimizer.moments.flatMap { moment in
            layout.entries.map {
                SafeTensors.Item(name: name(moment, $0), shape: $0.shape, content: .floats(moment.buffer, $0.range))
            }
        }
        try SafeTensors.write(items, to: path)
    }

    static func read(_ optimizer: any Optimizer, layout: ParameterLayout, from path: String) throws(Failure) {
        let file = try SafeTensorsFile(path)
        for moment in optimizer.moments {
            for entry in layout.entries {
                let found = try file.tensor(name(moment, entry))
                guard found.shape == entry.shape, found.type == .float32 else {
                    throw Failure(
                        .badData, "\(name(moment, entry)) has the shape \(found.shape), the model's is \(entry.shape)",
                        at: path, remedy: "the checkpoint is of another model; give another --output")
                }
                try file.read(name(moment, entry), into: moment.buffer, at: entry.offset)
            }
        }
    }
}
