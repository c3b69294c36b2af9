package io.kohaku.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.Golden;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafeTensorsWriterTest {
  @TempDir private Path folder;

  @Test
  void laysOutAsTheFormatsOwnWriter() throws IOException {
    Path path = folder.resolve("a.safetensors");
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("z", "é\"");
    SafeTensorsWriter.write(
        path,
        metadata,
        List.of(
            TensorSource.of("b", Dtype.U8, new long[] {1}, new byte[] {1}),
            TensorSource.of("c", Dtype.F16, new long[] {1}, new byte[] {2, 3}),
            TensorSource.of("a", Dtype.U8, new long[] {1}, new byte[] {4}),
            TensorSource.of("d", Dtype.BF16, new long[] {}, new byte[] {5, 6})));
    byte[] bytes = Files.readAllBytes(path);
    String header =
        "{\"__metadata__\":{\"z\":\"é\\\"\"},"
            + "\"d\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]},"
            + "\"c\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[4,5]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[5,6]}}";
    int length = bytes.length - 8 - 6;
    assertThat(length % 8).isZero();
    assertThat(new String(bytes, 8, length, StandardCharsets.UTF_8).stripTrailing())
        .isEqualTo(header);
    assertThat(bytes).endsWith(5, 6, 2, 3, 4, 1);
  }

  @Test
  void copiesAReferenceFileByteForByte() throws IOException {
    Path golden = Golden.path("lion8bit.safetensors");
    Path copy = folder.resolve("copy.safetensors");
    try (SafeTensors file = SafeTensors.open(golden)) {
      SafeTensorsWriter.write(
          copy, file.metadata(), file.tensors().keySet().stream().map(file::source).toList());
    }
    assertThat(Files.mismatch(golden, copy)).isEqualTo(-1);
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path path = Files.writeString(folder.resolve("a.safetensors"), "old");
    TensorSource broken =
        new TensorSource(
            "x",
            Dtype.U8,
            new long[] {4},
            out -> {
              out.write(ByteBuffer.wrap(new byte[2]));
              throw new IOException("no space");
            });
    assertThatThrownBy(() -> SafeTensorsWriter.write(path, Map.of(), List.of(broken)))
        .hasMessage("Cannot write " + path + ": no space");
    assertThat(path).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void refusesWhatWouldBeMalformed() {
    Path path = folder.resolve("a.safetensors");
    TensorSource x = TensorSource.of("x", Dtype.U8, new long[] {2}, new byte[1]);
    assertThatThrownBy(() -> SafeTensorsWriter.write(path, Map.of(), List.of(x)))
        .hasMessage("Cannot write " + path + ": tensor 'x' gave 1 bytes (its shape needs 2)");
    Path nowhere = folder.resolve("none/a.safetensors");
    assertThatThrownBy(() -> SafeTensorsWriter.write(nowhere, Map.of(), List.of()))
        .hasMessage("Cannot write " + nowhere + ": its folder is missing");
    assertThatThrownBy(() -> SafeTensorsWriter.write(path, Map.of(), List.of(x, x)))
        .hasMessage("Invalid tensor name: 'x' (must be unique and not __metadata__)");
    String text = "x".repeat(SafeTensors.MAX_HEADER);
    assertThatThrownBy(() -> SafeTensorsWriter.write(path, Map.of("k", text), List.of()))
        .hasMessageStartingWith("Invalid header: 100000")
        .hasMessageEndingWith("(at most 100000000; leave out the largest metadata)");
    assertThat(path).doesNotExist();
  }

  @Test
  void hashesAreThoseOfTheFileThatTheReferenceSerialises() throws IOException {
    byte[] data = new byte[2 << 20];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 >> 3);
    }
    List<TensorSource> tensors =
        List.of(TensorSource.of("x", Dtype.U8, new long[] {data.length}, data));
    Path training = folder.resolve("training.safetensors");
    SafeTensorsWriter.write(training, Map.of("ss_a", "1"), tensors);
    Path dataOnly = Files.write(folder.resolve("data"), data);
    ModelHashes hashes =
        ModelHashes.ofTensors(Map.of("ss_a", "1", "modelspec.title", "t"), tensors);
    assertThat(hashes.sha256()).isEqualTo(ModelHashes.ofFile(dataOnly).sha256());
    assertThat(hashes.legacy()).isEqualTo(ModelHashes.ofFile(training).legacy());
    assertThat(hashes.sha256()).isNotEqualTo(ModelHashes.ofFile(training).sha256());
  }
}
