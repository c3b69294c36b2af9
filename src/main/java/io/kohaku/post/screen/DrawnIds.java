package io.kohaku.post.screen;

import io.kohaku.settings.binding.Portable;
import io.kohaku.settings.posts.BandSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;

/** Tells on an executor whether a post is drawn. */
public final class DrawnIds implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Portable<ArrayList<BandSettings>> bands;
  private final Broadcast<IdSet> drawn;

  private DrawnIds(List<BandSettings> bands, Broadcast<IdSet> drawn) {
    this.bands = Portable.of(new ArrayList<>(bands));
    this.drawn = drawn;
  }

  /** Every id there is. */
  public static DrawnIds everything() {
    return allOf(List.of(new BandSettings(0, Optional.empty(), Optional.empty())));
  }

  /** Every id of the bands. */
  public static DrawnIds allOf(List<BandSettings> bands) {
    return new DrawnIds(bands, null);
  }

  /** The ids of a draw. */
  public static DrawnIds of(Broadcast<IdSet> drawn) {
    return new DrawnIds(List.of(), drawn);
  }

  public boolean contains(long id) {
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
