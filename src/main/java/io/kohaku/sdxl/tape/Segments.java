package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.Kernel;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SegmentPlan;
import io.kohaku.sdxl.layout.Weight;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The loaded segments of one network, and which of them each layer is in. */
public final class Segments implements AutoCloseable {
  private final Network network;
  private final List<Segment> list = new ArrayList<>();
  private final Map<String, Place> layers = new HashMap<>();

  private record Place(Segment segment, String layer) {}

  /** Loads {@code plans} as tensors of {@code owner}. */
  public Segments(
      Network network,
      List<SegmentPlan> plans,
      TorchScript kernels,
      NDManager owner,
      WeightReader reader) {
    this.network = network;
    try (Closer opening = new Closer()) {
      for (SegmentPlan plan : plans) {
        Segment segment = opening.add(Segment.load(plan, kernels, owner, reader));
        list.add(segment);
        for (Weight weight : plan.weights()) {
          if (weight.isModule()) {
            String layer = weight.name().substring(0, weight.name().lastIndexOf('.'));
            layers.put(plan.absolute(layer), new Place(segment, layer));
          }
        }
      }
      opening.release();
    }
  }

  public List<Segment> all() {
    return list;
  }

  /** The only segment with this kernel. */
  public Segment the(Kernel kernel) {
    return list.stream()
        .filter(segment -> segment.kernel() == kernel)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Missing segment: " + kernel));
  }

  public void attach(String path, Map<String, NDArray> tensors, Map<String, Double> numbers) {
    Place place = place(path);
    place.segment().attach(place.layer(), tensors, numbers);
  }

  public NDArray weight(String path) {
    Place place = place(path);
    return place.segment().weight(place.layer());
  }

  public NDArray bias(String path) {
    Place place = place(path);
    return place.segment().bias(place.layer());
  }

  private Place place(String path) {
    Place place = layers.get(path);
    if (place == null) {
      throw new IllegalArgumentException(
          "Unknown layer: %s (one of the adaptable layers of %s)".formatted(path, network));
    }
    return place;
  }

  @Override
  public void close() {
    Closer.close(list);
  }
}
