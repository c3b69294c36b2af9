package io.kohaku.settings;

import java.io.Serializable;

/**
 * All settings of a run, one record for each section of {@code reference.conf}.
 *
 * @param model the frozen SDXL model
 * @param run where the outputs lie and which seed they grow from
 * @param demo the made-up site that the demo runs on
 */
public record Settings(ModelSettings model, RunSettings run, DemoSettings demo)
    implements Serializable {}
