package io.kohaku.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.Golden;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafeTensorsTest {
  private static NDManager manager;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  @Test
  void readsWhatTheReferenceWrote() {
    try (SafeTensors file = SafeTensors.open(Golden.path("lion8bit.safetensors"));
        MemoryScope scope = MemoryScope.open(manager)) {
      assertThat(file.info("qmap").dtype()).isEqualTo(Dtype.F32);
      assertThat(file.info("qmap").shape()).containsExactly(256);
      NDArray map = file.view(scope.manager(), "qmap");
      assertThat(map.getDataType()).isEqualTo(DataType.FLOAT32);
      assertThat(map.getFloat(0)).isEqualTo(-0.992968738f);
      assertThat(map.getFloat(255)).isEqualTo(1f);
      assertThat(file.bytes("qmap").asFloatBuffer().get(192)).isEqualTo(0.12109375f);
    }
  }

  @Test
  void viewsOutliveTheFile() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray view;
      try (SafeTensors file = SafeTensors.open(Golden.path("lion8bit.safetensors"))) {
        view = file.view(scope.manager(), "qmap");
      }
      System.gc();
      assertThat(view.getFloat(255)).isEqualTo(1f);
    }
  }

  @Test
  void writesAndReadsEveryComputableType() throws IOException {
    Path path = folder.resolve("types.safetensors");
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray x = scope.manager().create(new float[] {-1, 0, 1, 2.5f, 3, 4}, new Shape(2, 3));
      List<Dtype> types = List.of(Dtype.F64, Dtype.F32, Dtype.BF16, Dtype.F16, Dtype.F8_E5M2);
      SafeTensorsWriter.write(
          path,
          Map.of(),
          types.stream().map(type -> ArraySource.of("x." + type, type, x)).toList());
      try (SafeTensors file = SafeTensors.open(path)) {
        for (Dtype type : types) {
          TensorInfo info = file.info("x." + type);
          assertThat(info.dtype()).isEqualTo(type);
          assertThat(info.shape()).containsExactly(2, 3);
          NDArray y = file.read(scope.manager(), info.name(), Dtype.F32);
          assertThat(y.toFloatArray()).containsExactly(-1, 0, 1, 2.5f, 3, 4);
          assertThat(y.getShape()).isEqualTo(new Shape(2, 3));
        }
        NDArray view = file.view(scope.manager(), "x.BF16");
        assertThat(view.getShape()).isEqualTo(new Shape(2, 3));
      }
    }
  }

  @Test
  void writesIntoAViewChangeNeitherFileNorOtherViews() throws IOException {
    Path path = write(Map.of(), "x", Dtype.F32, new long[] {1}, new byte[] {0, 0, (byte) 0x80, 63});
    try (SafeTensors file = SafeTensors.open(path);
        SafeTensors again = SafeTensors.open(path);
        MemoryScope scope = MemoryScope.open(manager)) {
      NDArray view = file.view(scope.manager(), "x");
      view.addi(1);
      assertThat(view.toFloatArray()).containsExactly(2);
      assertThat(again.view(scope.manager(), "x").toFloatArray()).containsExactly(1);
    }
  }

  @Test
  void readsScalarsAndEmptyTensors() throws IOException {
    Path path = folder.resolve("odd.safetensors");
    SafeTensorsWriter.write(
        path,
        Map.of(),
        List.of(
            TensorSource.of("scalar", Dtype.I64, new long[0], new byte[] {4, 0, 0, 0, 0, 0, 0, 0}),
            TensorSource.of("empty", Dtype.F16, new long[] {3, 0}, new byte[0])));
    try (SafeTensors file = SafeTensors.open(path);
        MemoryScope scope = MemoryScope.open(manager)) {
      assertThat(file.view(scope.manager(), "scalar").toLongArray()).containsExactly(4);
      assertThat(file.view(scope.manager(), "scalar").getShape()).isEqualTo(new Shape());
      assertThat(file.read(scope.manager(), "empty", Dtype.F32).getShape())
          .isEqualTo(new Shape(3, 0));
    }
  }

  /** Old files are sorted by name only, so a tensor may lie anywhere. */
  @Test
  void readsTensorsThatAreNotAligned() throws IOException {
    String header =
        """
        {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
        "b":{"dtype":"BF16","shape":[2],"data_offsets":[1,5]}}\
        """;
    Path path = folder.resolve("unaligned.safetensors");
    Files.write(path, file(header, new byte[] {7, (byte) 0x80, 63, 0, 64}));
    try (SafeTensors file = SafeTensors.open(path);
        MemoryScope scope = MemoryScope.open(manager)) {
      assertThat(file.read(scope.manager(), "b", Dtype.F32).toFloatArray()).containsExactly(1, 2);
    }
  }

  @Test
  void readsBeyondFourGibibytes() throws IOException {
    long large = 5L << 30;
    String header =
        """
        {"large":{"dtype":"U8","shape":[%s],"data_offsets":[0,%s]},\
        "last":{"dtype":"F32","shape":[1],"data_offsets":[%s,%s]}}\
        """
            .formatted(large, large, large, large + 4);
    header = header.stripTrailing() + " ".repeat((8 - header.length() % 8) % 8);
    Path path = folder.resolve("large.safetensors");
    try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
      out.write(file(header, new byte[0]));
      out.seek(8 + header.length() + large);
      out.write(new byte[] {0, 0, (byte) 0x80, 63});
    }
    try (SafeTensors file = SafeTensors.open(path);
        MemoryScope scope = MemoryScope.open(manager)) {
      assertThat(file.view(scope.manager(), "last").toFloatArray()).containsExactly(1);
      assertThat(file.bytes("last").getFloat()).isEqualTo(1);
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read("large", large - 1, one);
      assertThat(one.flip().get()).isZero();
      assertThatThrownBy(() -> file.bytes("large"))
          .hasMessageStartingWith("Cannot map tensor 'large' of " + path + ": 5368709120 bytes");
      assertThatThrownBy(() -> file.read("large", large, one.clear()))
          .hasMessageStartingWith("Invalid range: 1 bytes at 5368709120");
    }
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    assertThatThrownBy(() -> SafeTensors.open(folder.resolve("none")))
        .hasMessage("Missing safetensors file: " + folder.resolve("none"));
    Path path = write(Map.of(), "x", Dtype.F4, new long[] {2}, new byte[1]);
    try (SafeTensors file = SafeTensors.open(path)) {
      assertThatThrownBy(() -> file.info("y")).hasMessage("Missing tensor: 'y' in " + path);
      assertThatThrownBy(() -> file.view(manager, "x"))
          .hasMessage("Cannot compute with F4: no kernel takes it");
    }
  }

  private Path write(
      Map<String, String> metadata, String name, Dtype dtype, long[] shape, byte[] bytes)
      throws IOException {
    Path path = folder.resolve(name + ".safetensors");
    SafeTensorsWriter.write(path, metadata, List.of(TensorSource.of(name, dtype, shape, bytes)));
    return path;
  }

  static byte[] file(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  @Test
  void acceptsPaddingWhitespaceUnknownFieldsAndEmptyFiles() throws IOException {
    Path path = folder.resolve("file");
    Files.write(
        path,
        MalformedHeaderTest.whole(
            "\n {\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":[{}]}} \t ",
            1));
    try (SafeTensors file = SafeTensors.open(path)) {
      assertThat(file.info("a").size()).isEqualTo(1);
    }
    Files.write(path, MalformedHeaderTest.whole("{}", 0));
    try (SafeTensors file = SafeTensors.open(path)) {
      assertThat(file.tensors()).isEmpty();
    }
  }
}
