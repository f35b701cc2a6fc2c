package dev.tributary.aggregation.diagnostics;

/**
 * One module's figures, in squared Frobenius norms so that modules add up.
 *
 * @param error ‖effective − ideal‖²
 * @param ideal ‖s·Σ wᵢBᵢAᵢ‖²
 * @param update ‖ideal − s·BA before the round‖²
 * @param fold ‖P·Q‖²
 * @param foldRank columns of P, 0 without a fold
 * @param agents ‖Uᵢ‖² of each agent's update Uᵢ = s(BᵢAᵢ − BA before)
 * @param agreement ⟨Uᵢ, mean update⟩ of each agent
 */
record ModuleDiagnosis(
        double error, double ideal, double update, double fold, int foldRank, double[] agents, double[] agreement) {}
