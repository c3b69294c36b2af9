package io.kohaku.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.DropoutMasks;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.tensor.script.Autograd;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The frozen networks with the adapter under them, and the loss that the adapter learns from.
 *
 * @param sdxl the networks; the adapter is attached
 * @param adapter what is trained
 * @param masks what dropout leaves out
 * @param objective the loss
 * @param checkpointing whether segments are computed again on the way back
 */
public record AdaptedNetworks(
    Sdxl sdxl,
    LokrNetwork adapter,
    DropoutMasks masks,
    DiffusionObjective objective,
    boolean checkpointing) {

  /**
   * The loss of a micro-batch, whose gradient times {@code factor} is added to the adapter's.
   *
   * @param finished hears on the way back of leaves whose gradients are final, see {@link Tape}
   * @return not finite if the loss is not; no gradient was added then
   */
  public double learn(
      NDManager scope, Batch batch, double factor, Consumer<List<NDArray>> finished) {
    Walk walk = forward(scope, batch);
    double value = walk.loss().toFloatArray()[0];
    if (Double.isFinite(value)) {
      walk.back(scope, factor, finished);
    }
    return value;
  }

  /**
   * The same without looking at the loss, for which the host would wait: gradients are added even
   * where it is not finite, and then are no numbers.
   *
   * @return the loss {@code []}, of {@code scope}
   */
  public NDArray learnUnread(NDManager scope, Batch batch, double factor) {
    Walk walk = forward(scope, batch);
    walk.back(scope, factor, leaves -> {});
    return walk.loss().stopGradient();
  }

  private Walk forward(NDManager scope, Batch batch) {
    Tape tape = checkpointing ? Tape.checkpointed(scope) : Tape.recording(scope);
    Value predicted = predict(tape, scope, batch);
    NDArray prediction = Autograd.leaf(scope, predicted.array());
    DiffusionObjective.Loss loss = Autograd.recording(() -> loss(scope, batch, prediction));
    return new Walk(tape, predicted, prediction, loss.mean());
  }

  /** What was walked forward, up to the loss. */
  private record Walk(Tape tape, Value predicted, NDArray prediction, NDArray loss) {
    void back(NDManager scope, double factor, Consumer<List<NDArray>> finished) {
      Autograd.backward(loss, scope.full(loss.getShape(), (float) factor));
      tape.backward(predicted, Autograd.gradient(scope, prediction).orElseThrow(), finished);
    }
  }

  /** The loss of each image, without gradients. */
  public float[] evaluate(NDManager scope, Batch batch) {
    Value predicted = predict(Tape.inference(scope), scope, batch);
    return loss(scope, batch, predicted.array()).perSample().toFloatArray();
  }

  /** Where numbers become none first in the loss of these images, if they do. */
  public Optional<String> blame(NDManager scope, Batch batch) {
    try {
      predict(Tape.seeking(scope), scope, batch);
    } catch (WorthlessResultException e) {
      return Optional.of(e.getMessage());
    }
    for (float value : evaluate(scope, batch)) {
      if (!Float.isFinite(value)) {
        return Optional.of("the networks' output is finite, the latents are not");
      }
    }
    return Optional.empty();
  }

  private Value predict(Tape tape, NDManager scope, Batch batch) {
    Sdxl.Conditioning conditioning =
        sdxl.condition(
            tape,
            tape.input(batch.firstIds()),
            tape.input(batch.secondIds()),
            tape.input(batch.sizes()));
    NDArray noisy = objective.noisy(scope, batch.latents(), batch.noise(), batch.timesteps());
    return sdxl.predict(tape, tape.input(noisy), tape.input(batch.timesteps()), conditioning);
  }

  private DiffusionObjective.Loss loss(NDManager scope, Batch batch, NDArray prediction) {
    NDArray target = objective.target(scope, batch.latents(), batch.noise(), batch.timesteps());
    return objective.loss(scope, prediction, target, batch.timesteps());
  }
}
