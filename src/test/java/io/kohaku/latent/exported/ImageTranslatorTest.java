package io.kohaku.latent.exported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import io.kohaku.image.Bucket;
import io.kohaku.image.Pictures;
import io.kohaku.image.Placement;
import io.kohaku.image.prepare.ImagePreparer;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.Moments;
import io.kohaku.latent.vae.MomentsEncoder;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.ExportVaeSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From image files' bytes to latents' bytes through DJL's predictor. */
class ImageTranslatorTest {
  private static final byte[] SQUARE = Pictures.png(300, 300, 1);
  private static final byte[] TALL = Pictures.png(100, 400, 2);
  private static final byte[] SMALL = Pictures.png(64, 64, 3);
  private static final byte[] NO_IMAGE = "not a picture".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"FP32, MOMENTS, FP32", "FP32, MEAN, FP16", "BF16, MOMENTS, FP16"})
  void mixedSizesGiveTheLatentsOfTheEncodeStage(
      Precision precision, Posterior posterior, Storage storage) throws Exception {
    VaeSource vae = TinyExport.vae(folder);
    ExportVaeSettings settings = new ExportVaeSettings(precision, posterior, storage);
    Path model = TinyExport.write(folder, vae, settings);
    List<EncodedImage> encoded = encode(model, List.of(SQUARE, TALL, SMALL));
    LatentFormat format = new LatentFormat(posterior, storage);
    // The square one and the small one, enlarged, are of one bucket and so one batch.
    List<PreparedImage> square = prepared(SQUARE, SMALL);
    List<PreparedImage> tall = prepared(TALL);
    assertThat(square.get(0).placement().bucket()).isEqualTo(new Bucket(128, 128));
    assertThat(tall.get(0).placement().bucket()).isEqualTo(new Bucket(64, 256));
    try (MomentsEncoder encoder = vae.encoder(Device.cpu(), precision)) {
      List<Moments> squares = encoder.encode(square);
      same(encoded.get(0), square.get(0), squares.get(0), format);
      same(encoded.get(1), tall.get(0), encoder.encode(tall).get(0), format);
      same(encoded.get(2), square.get(1), squares.get(1), format);
    }
  }

  @Test
  void whatIsNoImageIsARowWithAReason() throws Exception {
    Path model = TinyExport.write(folder);
    List<EncodedImage> mixed = encode(model, Arrays.asList(NO_IMAGE, SQUARE, null, new byte[0]));
    assertThat(mixed).hasSize(4);
    assertThat(mixed.get(0)).isInstanceOf(EncodedImage.Rejected.class);
    assertThat(((EncodedImage.Rejected) mixed.get(0)).reason()).isEqualTo("unknown-format");
    assertThat(mixed.get(1)).isInstanceOf(EncodedImage.Latent.class);
    assertThat(mixed.get(2))
        .isEqualTo(new EncodedImage.Rejected("no-image", "the row has no bytes"));
    assertThat(((EncodedImage.Rejected) mixed.get(3)).reason()).isEqualTo("unknown-format");
    assertThat(encode(model, List.of(NO_IMAGE, NO_IMAGE)))
        .containsExactly(mixed.get(0), mixed.get(0));
  }

  @Test
  void aLatentThatIsNotFiniteIsARowWithAReason() throws Exception {
    Path broken = folder.resolve("broken.safetensors");
    try (SafeTensors tiny = SafeTensors.open(Path.of(TinyExport.vae(folder).checkpoint()))) {
      List<TensorSource> tensors = new ArrayList<>();
      tiny.tensors().keySet().forEach(name -> tensors.add(tiny.source(name)));
      String bias = "first_stage_model.quant_conv.bias";
      tensors.removeIf(tensor -> tensor.name().equals(bias));
      byte[] notNumbers = new byte[8 * Float.BYTES];
      Arrays.fill(notNumbers, (byte) -1);
      tensors.add(TensorSource.of(bias, Dtype.F32, new long[] {8}, notNumbers));
      SafeTensorsWriter.write(broken, tiny.metadata(), tensors);
    }
    ExportVaeSettings settings =
        new ExportVaeSettings(Precision.BF16, Posterior.MEAN, Storage.FP16);
    Path model = TinyExport.write(folder, new VaeSource(broken.toString(), "", 32), settings);
    assertThat(encode(model, List.of(SMALL)))
        .containsExactly(
            new EncodedImage.Rejected(
                "latent-not-finite",
                "the VAE in BF16 gives values that are not finite in FP16 (export it in FP32)"));
  }

  @Test
  void noRowIsLostWhereTheModelGivesTooFew() throws Exception {
    SizeGroups groups = new SizeGroups(prepared(SQUARE, TALL, SMALL));
    try (NDManager manager = Natives.manager(Device.cpu())) {
      NDList batches = groups.batches(manager);
      assertThat(batches.getShapes())
          .containsExactly(new Shape(2, 128, 128, 3), new Shape(1, 256, 64, 3));
      NDList one = new NDList(manager.zeros(new Shape(2, 8, 16, 16)));
      assertThatThrownBy(() -> groups.moments(one))
          .hasMessage("Cannot match latents to images: the model gave 1 batches for 2");
      NDList few =
          new NDList(manager.zeros(new Shape(1, 8, 16, 16)), manager.zeros(new Shape(1, 8, 32, 8)));
      assertThatThrownBy(() -> groups.moments(few))
          .hasMessage(
              "Cannot match latents to images: the model gave (1, 8, 16, 16) for 2 images of 128x128"
                  + " (must be (2, 8, 16, 16))");
    }
  }

  @Test
  void samplesCannotBeExported() throws IOException {
    VaeSource vae = TinyExport.vae(folder);
    ExportVaeSettings sample =
        new ExportVaeSettings(Precision.FP32, Posterior.SAMPLE, Storage.FP16);
    assertThatThrownBy(() -> VaeRecipe.of(vae, sample, TinyExport.images()))
        .hasMessage(
            "Invalid posterior: sample (mean or moments; a sample is seeded by a post's id)");
  }

  @Test
  void encodedImagesAreReadAsTheyWereWritten() {
    Placement placement = new Placement(300, 310, 128, 132, new Bucket(128, 128));
    LatentFormat format = new LatentFormat(Posterior.MEAN, Storage.FP16);
    byte[] bytes = new byte[4 * 16 * 16 * 2];
    bytes[7] = 7;
    EncodedImage.Latent latent = new EncodedImage.Latent(placement, format, bytes);
    EncodedImage.Latent read = (EncodedImage.Latent) EncodedImage.of(latent.toBytes());
    assertThat(read.placement()).isEqualTo(placement);
    assertThat(read.format()).isEqualTo(format);
    assertThat(read.bytes()).isEqualTo(bytes);
    EncodedImage.Rejected rejected = new EncodedImage.Rejected("undecodable", "é".repeat(2000));
    assertThat(EncodedImage.of(rejected.toBytes()))
        .isEqualTo(new EncodedImage.Rejected("undecodable", "é".repeat(1000)));
    byte[] whole = latent.toBytes();
    for (int length : new int[] {0, 4, 20, whole.length - 1}) {
      assertThatThrownBy(() -> EncodedImage.of(Arrays.copyOf(whole, length)))
          .hasMessageStartingWith(
              "Invalid bytes of an encoded image: %s of them".formatted(length));
    }
    assertThatThrownBy(() -> EncodedImage.of(SQUARE))
        .hasMessageEndingWith("(they do not begin with KLA1)");
  }

  private static List<EncodedImage> encode(Path model, List<byte[]> files) throws Exception {
    try (ZooModel<byte[], byte[]> loaded =
            ExportedEncoder.load(
                model.toUri().toString(), Device.cpu(), byte[].class, byte[].class);
        Predictor<byte[], byte[]> predictor = loaded.newPredictor()) {
      return predictor.batchPredict(files).stream().map(EncodedImage::of).toList();
    }
  }

  private static List<PreparedImage> prepared(byte[]... files) throws Exception {
    ImagePreparer preparer = new ImagePreparer(TinyExport.images());
    List<PreparedImage> images = new ArrayList<>();
    for (byte[] file : files) {
      images.add(preparer.prepare(file));
    }
    return images;
  }

  private static void same(
      EncodedImage encoded, PreparedImage image, Moments moments, LatentFormat format) {
    EncodedImage.Latent latent = (EncodedImage.Latent) encoded;
    assertThat(latent.placement()).isEqualTo(image.placement());
    assertThat(latent.format()).isEqualTo(format);
    assertThat(latent.bytes())
        .isEqualTo(LatentBytes.of(moments.stored(format.posterior(), 0), format.storage()));
  }
}
