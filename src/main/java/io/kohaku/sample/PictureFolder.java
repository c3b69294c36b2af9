package io.kohaku.sample;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.lokr.AttachedAdapter;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.sdxl.ClipTokenizer;
import io.kohaku.sdxl.LayerKernels;
import io.kohaku.sdxl.ModelOptions;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.SdxlCheckpoint;
import io.kohaku.sdxl.Vae;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.SampleSettings;
import io.kohaku.tensor.Autograd;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.KernelSource;
import io.kohaku.tensor.ModelHashes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Draws all pictures of a plan into a folder, with a contact sheet. */
public final class PictureFolder {
  /** The contact sheet's file. */
  public static final String SHEET = "sheet.png";

  private final ModelSettings model;
  private final SampleSettings settings;
  private final String program;

  /**
   * Pictures after these settings.
   *
   * @param program what the pictures name as their maker
   */
  public PictureFolder(ModelSettings model, SampleSettings settings, String program) {
    this.model = model;
    this.settings = settings;
    this.program = program;
  }

  /**
   * Draws.
   *
   * @param checkpoint what draws
   * @param adapter a LoKr file put on it
   * @param drawn told how many pictures are done
   * @return how many pictures there are
   */
  public int draw(Path checkpoint, Optional<Path> adapter, Path folder, IntConsumer drawn)
      throws IOException {
    Autograd.enterThread();
    Files.createDirectories(folder);
    Device device = Engine.getEngine("PyTorch").getGpuCount() > 0 ? Device.gpu(0) : Device.cpu();
    String hash = ModelHashes.ofFile(checkpoint).sha256().substring(0, 10);
    List<KernelSource> layers =
        adapter.isPresent() ? LokrKernels.layers() : List.of(LayerKernels.PLAIN);
    Optional<Path> otherVae = model.vae().map(Path::of);
    ModelOptions options = ModelOptions.of(model, settings.precision());
    try (SdxlCheckpoint opened = SdxlCheckpoint.open(checkpoint, otherVae, options);
        Sdxl sdxl = Sdxl.open(opened, device, layers);
        Vae vae = Vae.open(opened, device, Dtype.F32)) {
      adapter.ifPresent(file -> AttachedAdapter.attach(sdxl, file, settings.multiplier()));
      PictureSampler sampler = new PictureSampler(sdxl, vae, tokens(), settings.tile());
      return draw(sampler, new Named(checkpoint.getFileName().toString(), hash), folder, drawn);
    }
  }

  private record Named(String file, String hash) {
    private String model() {
      return file.endsWith(".safetensors") ? file.substring(0, file.lastIndexOf('.')) : file;
    }
  }

  private int draw(PictureSampler sampler, Named model, Path folder, IntConsumer drawn)
      throws IOException {
    List<BufferedImage> pictures = new ArrayList<>();
    for (PictureRequest request : SamplePlan.of(settings).pictures()) {
      BufferedImage picture = sampler.draw(request);
      String text = PictureText.of(request, model.model(), model.hash(), program);
      String name = "%05d-%d.png".formatted(pictures.size(), request.seed());
      Files.write(folder.resolve(name), PngText.encode(picture, Map.of(PictureText.KEYWORD, text)));
      pictures.add(picture);
      drawn.accept(pictures.size());
    }
    BufferedImage sheet = ContactSheet.of(pictures, settings.pictures(), settings.cell());
    Files.write(folder.resolve(SHEET), PngText.encode(sheet, Map.of("Software", program)));
    return pictures.size();
  }

  private PromptTokens tokens() {
    ClipTokenizer tokenizer = ClipTokenizer.open(Path.of(model.tokenizer()));
    return new PromptTokens(
        text -> Arrays.stream(tokenizer.encode(text)).boxed().toList(),
        tokenizer.beginToken(),
        tokenizer.endToken());
  }
}
