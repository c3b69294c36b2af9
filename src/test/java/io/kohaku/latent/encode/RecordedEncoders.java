package io.kohaku.latent.encode;

import ai.djl.Device;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import io.kohaku.latent.vae.EncoderSource;
import io.kohaku.latent.vae.MomentsEncoder;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.Precision;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A source that notes what is opened, closed and encoded. */
final class RecordedEncoders implements EncoderSource {
  private static final long serialVersionUID = 1L;

  private final VaeSource source;
  final List<Precision> opened = new ArrayList<>();
  final List<String> batches = new ArrayList<>();
  int open;

  RecordedEncoders(VaeSource source) {
    this.source = source;
  }

  @Override
  public EncoderSource onThisMachine(Configuration hadoop) {
    return this;
  }

  @Override
  public MomentsEncoder encoder(Device device, Precision precision) {
    MomentsEncoder encoder = source.encoder(device, precision);
    opened.add(precision);
    open++;
    return new MomentsEncoder() {
      @Override
      public List<Moments> encode(List<PreparedImage> images) {
        batches.add(precision + " " + images.size());
        return encoder.encode(images);
      }

      @Override
      public void close() {
        open--;
        encoder.close();
      }
    };
  }
}
