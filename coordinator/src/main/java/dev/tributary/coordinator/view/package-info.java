/** What people and programs get to see of jobs, rounds and agents. */
@NullMarked
package dev.tributary.coordinator.view;

import org.jspecify.annotations.NullMarked;
