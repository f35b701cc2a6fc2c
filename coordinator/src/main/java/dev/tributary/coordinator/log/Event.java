package dev.tributary.coordinator.log;

/** A fact in the log. Implementations are records whose type name and fields stay readable in every later version. */
public interface Event {}
