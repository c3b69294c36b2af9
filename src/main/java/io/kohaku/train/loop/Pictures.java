package io.kohaku.train.loop;

import io.kohaku.lokr.DropoutMasks;
import io.kohaku.number.WorthlessResultException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pictures that are drawn in the middle of a run.
 *
 * @param sampler draws them, if that is asked of this rank
 * @param masks of the networks that it draws with
 */
public record Pictures(Optional<IntervalSampler> sampler, DropoutMasks masks) {
  private static final Logger LOG = LoggerFactory.getLogger(Pictures.class);

  /** A run is worth more than its pictures: what cannot be written is told and left. */
  void draw(long update) {
    if (sampler.isEmpty()) {
      return;
    }
    try {
      masks.clear();
      sampler.get().sample(update);
    } catch (IOException | WorthlessResultException e) {
      LOG.error("Cannot draw pictures of update {}: {}", update, e.getMessage(), e);
    }
  }
}
