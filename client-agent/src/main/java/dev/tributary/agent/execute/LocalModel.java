package dev.tributary.agent.execute;

import dev.tributary.plan.ModelDescriptor;
import java.nio.file.Path;

/** A base model that this agent holds. */
public record LocalModel(ModelDescriptor descriptor, Path directory) {}
