package io.kohaku.post;

import io.kohaku.settings.BandSettings;
import io.kohaku.settings.Portable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;

/** Tells on an executor whether a post is drawn. */
final class DrawnIds implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Portable<ArrayList<BandSettings>> bands;
  private final Broadcast<IdSet> drawn;

  private DrawnIds(List<BandSettings> bands, Broadcast<IdSet> drawn) {
    this.bands = Portable.of(new ArrayList<>(bands));
    this.drawn = drawn;
  }

  /** Every id there is. */
  static DrawnIds everything() {
    return allOf(List.of(new BandSettings(0, Optional.empty(), Optional.empty())));
  }

  /** Every id of the bands. */
  static DrawnIds allOf(List<BandSettings> bands) {
    return new DrawnIds(bands, null);
  }

  /** The ids of a draw. */
  static DrawnIds of(Broadcast<IdSet> drawn) {
    return new DrawnIds(List.of(), drawn);
  }

  /** The ids that were drawn one by one, unless whole bands were. */
  Optional<IdSet> listed() {
    return Optional.ofNullable(drawn).map(Broadcast::value);
  }

  boolean contains(long id) {
    if (drawn != null) {
      return drawn.value().contains(id);
    }
    for (BandSettings band : bands.value()) {
      if (band.holds(id)) {
        return true;
      }
    }
    return false;
  }
}
