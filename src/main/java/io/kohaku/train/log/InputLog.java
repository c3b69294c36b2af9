package io.kohaku.train.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.digest.Sha256;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.SampleKey;
import io.kohaku.train.plan.UpdateWalk;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** Writes down what one rank was trained on: posts and a digest of everything that was computed. */
public interface InputLog extends Closeable {
  /** Writes nothing. */
  InputLog NONE =
      new InputLog() {
        @Override
        public void record(UpdateWalk.Update update, EpochOrder.Slot slot, MicroBatch batch) {
          // Not asked for.
        }

        @Override
        public void close() {
          // Nothing was opened.
        }
      };

  /** Takes down one micro-batch. */
  void record(UpdateWalk.Update update, EpochOrder.Slot slot, MicroBatch batch) throws IOException;

  /** A log that adds lines to a file, after taking out those of this step and later ones. */
  static InputLog into(Path file, long firstStep) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    MetricLines.cut(file, firstStep);
    return new Lines(
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  /** A line of JSON for each micro-batch. */
  record Lines(Writer out) implements InputLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void record(UpdateWalk.Update update, EpochOrder.Slot slot, MicroBatch batch)
        throws IOException {
      ObjectNode line = JSON.createObjectNode();
      line.put("step", update.step() + 1).put("place", slot.place());
      line.set("posts", JSON.valueToTree(batch.ids()));
      line.put("digest", digest(batch));
      out.write(JSON.writeValueAsString(line));
      out.write('\n');
      out.flush();
    }

    /** Of latents, sizes, captions, timesteps and the seeds of noise. */
    static String digest(MicroBatch batch) {
      MessageDigest digest = Sha256.begin();
      update(digest, batch.latents());
      update(digest, batch.sizes());
      batch.texts().forEach(text -> digest.update(text.getBytes(StandardCharsets.UTF_8)));
      for (SampleKey key : batch.keys()) {
        digest.update(
            ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(key.timestep(0, 1 << 30))
                .putLong(key.noiseSeed())
                .array());
      }
      return Sha256.hex(digest);
    }

    private static void update(MessageDigest digest, float[] values) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
      bytes.asFloatBuffer().put(values);
      digest.update(bytes);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
