package io.kohaku.train;

import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.file.TrainedFile;
import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.train.model.ExponentialMovingAverage;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes the finished adapter, and the averaged one, with the facts of the run. */
record AdapterOutput(RunPlan plan, Path folder) {

  void write(LokrNetwork adapter, Optional<ExponentialMovingAverage> average, Progress progress)
      throws IOException {
    TrainingFacts facts = facts(progress);
    Files.createDirectories(folder);
    TrainedFile.write(folder.resolve(TrainInputs.ADAPTER), adapter, facts);
    if (average.isPresent()) {
      var tensors = average.get().tensors();
      try (LokrNetwork averaged =
          LokrNetwork.create(
              tensors.values().iterator().next().getManager(),
              adapter.modules(),
              (scope, module, parameter) -> tensors.get(module.tensor(parameter)))) {
        TrainedFile.write(folder.resolve(TrainInputs.AVERAGE), averaged, facts);
      }
    }
  }

  private TrainingFacts facts(Progress progress) {
    return new TrainingFacts(
        plan.sizes().stream().mapToInt(Integer::intValue).sum(),
        plan.epoch().slots(),
        plan.updates(),
        progress.epoch(),
        progress.step());
  }
}
