package io.kohaku.weights.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Golden;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.NormLayer;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.export.AdapterExport;
import io.kohaku.weights.export.TrainedAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter with trained norms is published as the trainer has it. */
class NormVerificationIT {
  @TempDir private Path folder;

  private static TrainedAdapter trained(Path file) {
    String preset = Golden.path("parity-preset.toml").toString();
    List<String> overrides =
        List.of("lokr.preset=" + preset, "lokr.factor=4", "lokr.train-norm=true");
    return new TrainedAdapter(
        file, SettingsSource.read(List.of(), overrides).settings().lokr(), PresetFile.load(preset));
  }

  @Test
  void anExportWithNormsIsWhatTheTrainerHas() throws IOException {
    Path base = TestFile.tiny("", Dtype.F32).write(folder.resolve("base.safetensors"));
    Path saved = folder.resolve("saved.safetensors");
    TestFile file = TestFile.adapter();
    int norms = 0;
    String last = "";
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(base, Optional.empty(), ModelOptions.DEFAULT)) {
      for (AdaptedModule module : trained(saved).modules(checkpoint.layout().modules())) {
        if (module instanceof NormLayer norm) {
          norms++;
          for (ParameterSpec parameter : norm.parameters()) {
            last = norm.tensor(parameter);
            long[] shape = parameter.shape().getShape();
            file.put(last, Dtype.F32, shape, TestFile.block(last, shape));
          }
        }
      }
    }
    assertThat(norms).isGreaterThan(90);
    file.write(saved);
    Path exported = folder.resolve("exported.safetensors");
    AdapterExport.write(saved, exported, Dtype.F16, Map.of());
    VerifyReport report =
        Verification.ofAdapter(base, exported, trained(saved), ModelOptions.DEFAULT);
    assertThat(report.problems()).isEmpty();
    assertThat(report.norms()).isEqualTo(norms);
    assertThat(report.lines()).contains("norms that are changed                   " + norms);
    Path lacking = folder.resolve("lacking.safetensors");
    file.remove(last).write(lacking);
    assertThat(
            Verification.ofAdapter(base, lacking, trained(saved), ModelOptions.DEFAULT).problems())
        .anyMatch(problem -> problem.startsWith("1 tensors that these settings train are not in "))
        .anyMatch(problem -> problem.contains("predicts otherwise than the trainer's adapter"));
  }
}
