/** Deployment configuration, start-up checks and the wiring of the application. */
@NullMarked
package dev.tributary.coordinator.config;

import org.jspecify.annotations.NullMarked;
