package dev.tributary.plan;

import java.util.List;

/**
 * The closed catalogue of steps that a plan can ask of an agent around training, with their parameters. Methods name
 * operations, agents implement them; neither knows the other.
 */
public final class AgentOperations {

    /**
     * Before training, keep only some of the rank indices of every module's A (rows) and B (columns): as many as the
     * plan's adapter has rank there. {@link #CHOICE} says which ({@link RankSelection}); {@link #SEED} is for
     * {@link #RANDOM}. {@link #UNSELECTED} is {@link #DROP}, or {@link #FOLD}: the unselected components, times the state's
     * scaling, become a fold of the frozen base for the length of this training. What is trained and sent has the plan's
     * rank; a DELTA is against the kept part.
     */
    public static final String SELECT_RANKS = "select-ranks";

    /**
     * After training, turn the gauge of the factors towards the received ones: with M = A₀Aᵀ ({@link #FACTOR} {@code a}) or
     * B₀ᵀB ({@code b}), M = UΣVᵀ and R = V·diag(1, …, 1, det(UVᵀ))·Uᵀ, blended as (1−{@link #SOFTNESS})·I + SOFTNESS·R and
     * projected to a rotation again; B ← B·R, A ← Rᵀ·A. The product does not change.
     */
    public static final String ALIGN_TO_REFERENCE = "align-to-reference";

    /**
     * After training, undo all but the largest changes of a factor: rank j of a module counts ‖Δbⱼ‖·‖aⱼ‖ (or ‖bⱼ‖·‖Δaⱼ‖, as
     * {@link #FACTOR} says), and of all ranks of all modules the {@link #BUDGET} largest keep their change; the others are
     * as they were received.
     */
    public static final String KEEP_LARGEST_RANKS = "keep-largest-ranks";

    /**
     * Before training, the tensors that the plan sends are replaced by those that the adapter's type computes from the
     * base's weights (PiSSA, OLoRA, DoRA, LoRA-XS). A plan with it trains nothing.
     */
    public static final String START_FROM_BASE = "start-from-base";

    /**
     * Before training, the tensors that the plan sends are replaced by the truncated SVD of −{@link #STEP}·sign(∇L) for
     * every adapted weight, with L over the plan's dataset at the plan's tensors: B = U, R = Σ, A = Vᵀ (LoRA-SB, Ponkshe et
     * al. 2024). For an adapter with a core. A plan with it trains nothing.
     */
    public static final String START_FROM_STEP = "start-from-step";

    /**
     * While training, move every trained and sent tensor by Cᵢ − C in all, spread over the steps as the learning rate is
     * (SCAFFOLD's control variates, each as the way that a whole round goes along it). C is the state's, Cᵢ the agent's own
     * and zero at first; after training Cᵢ ← Cᵢ − C + θ₀ − θ, which is kept and never sent. C of tensor X is named
     * X{@link #CONTROL_SUFFIX}, in a part of the state that is no part of the model.
     */
    public static final String CONTROL_VARIATE = "control-variate";

    public static final String CONTROL_SUFFIX = ".control";

    /** Layers before number {@link #FROM} neither train nor are sent; tensors of no layer, such as heads, do. */
    public static final String TRAIN_LAYERS = "train-layers";

    public static final String FROM = "from";
    public static final String STEP = "step";
    public static final String CHOICE = "choice";
    public static final String PREFIX = "prefix";
    public static final String RANDOM = "random";
    public static final String SEED = "seed";
    public static final String UNSELECTED = "unselected";
    public static final String DROP = "drop";
    public static final String FOLD = "fold";
    public static final String FACTOR = "factor";
    public static final String SOFTNESS = "softness";
    public static final String BUDGET = "budget";

    /** Every operation of this version. */
    public static final List<String> NAMES = List.of(
            SELECT_RANKS,
            ALIGN_TO_REFERENCE,
            KEEP_LARGEST_RANKS,
            START_FROM_BASE,
            START_FROM_STEP,
            CONTROL_VARIATE,
            TRAIN_LAYERS);

    private AgentOperations() {}
}
