// The shapes of docs/http-api.md as a client reads them. Answers may grow members; enums may grow names.

export type ParticipantRole = 'system' | 'visitor' | 'agent' | 'application' | 'supervisor' | 'privacyOfficer' | 'auditor';
export type AgentRole = 'none' | 'agent' | 'supervisor' | 'privacyOfficer' | 'auditor';
export type ConversationState = 'open' | 'closed';
export type ConversationEventKind =
  | 'conversationStarted' | 'messageAdded' | 'messageMasked' | 'formChanged' | 'valueChanged' | 'assigned' | 'closed';
export type FormRequestState = 'requested' | 'opened' | 'submitted' | 'declined' | 'cancelled' | 'expired';
export type SealedValueState = 'sealed' | 'claimed' | 'destroyed';
export type DestroyReason =
  | 'viewed' | 'expired' | 'withdrawn' | 'cancelled' | 'forfeited' | 'erased' | 'undecryptable' | 'conversationEnded' | 'replaced';
export type DataClass =
  | 'general' | 'contact' | 'accountData' | 'authenticationData' | 'governmentId' | 'credential' | 'health';
export type FormFieldType =
  | 'text' | 'name' | 'email' | 'phone' | 'date' | 'number' | 'choice' | 'cardNumber' | 'cardLastFour' | 'cardExpiry'
  | 'securityCode' | 'iban' | 'nationalId' | 'secret' | 'healthNote';

/** RFC 3339. */
export type Time = string;

export interface ConversationView {
  readonly id: string;
  readonly type: string;
  readonly state: ConversationState;
  readonly assignedTo?: string;
  readonly isMine?: boolean;
  readonly createdAt: Time;
  readonly lastActivityAt: Time;
  readonly closedAt?: Time;
  readonly transcriptDestroyedAt?: Time;
}

export interface StartedView {
  readonly conversation: ConversationView;
  readonly token: string;
}

export interface FormCardValue {
  readonly valueId: string;
  readonly fieldKey: string;
  readonly label: string;
  readonly preview: string;
  readonly state: SealedValueState;
  readonly expiresAt: Time;
  readonly openedAt?: Time;
  readonly openedByRole?: AgentRole;
  readonly deletedAt?: Time;
  readonly reason?: DestroyReason;
}

export interface FormCard {
  readonly requestId: string;
  readonly formKey: string;
  readonly title: string;
  readonly revision: number;
  readonly state: FormRequestState;
  readonly expiresAt: Time;
  readonly values: readonly FormCardValue[];
}

export interface ConversationEvent {
  readonly sequence: number;
  readonly kind: ConversationEventKind;
  readonly at: Time;
  readonly actor: ParticipantRole;
  readonly actorName?: string;
  readonly clientId?: string;
  readonly text?: string;
  readonly maskedKinds?: readonly string[];
  /** Kinds that the host's rules warn of, and let stand. */
  readonly warnedKinds?: readonly string[];
  readonly amends?: number;
  readonly amendedBy?: number;
  readonly form?: FormCard;
  readonly assignedTo?: string;
}

export interface EventsView {
  readonly events: readonly ConversationEvent[];
  readonly isDestroyed: boolean;
}

export interface SecureFormField {
  readonly key: string;
  readonly type: FormFieldType;
  readonly label: string;
  readonly dataClass: DataClass;
  readonly purpose?: string;
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly livesFor?: string;
  readonly takesFromText?: readonly string[];
}

export interface SecureForm {
  readonly key: string;
  readonly version: number;
  readonly title: string;
  readonly purpose: string;
  readonly noticeKey: string;
  readonly fields: readonly SecureFormField[];
}

export interface PrivacyNotice {
  readonly key: string;
  readonly version: string;
  readonly language: string;
  readonly text: string;
  readonly sha256: string;
}

export interface FormView {
  readonly form: FormCard;
  readonly definition: SecureForm;
  readonly notice?: PrivacyNotice;
  readonly extensionsLeft?: number;
  /** What was kept out of the visitor's messages for this form. */
  readonly kept?: readonly KeptValue[];
}

export interface KeptValue {
  readonly valueId: string;
  readonly fieldKey: string;
  readonly preview: string;
  readonly expiresAt: Time;
}

export interface ShownConsent {
  readonly given: boolean;
  readonly version: string;
  readonly language: string;
  readonly sha256: string;
}

export interface FormSubmission {
  readonly submissionId: string;
  readonly consent?: ShownConsent;
  readonly fields: Readonly<Record<string, string>>;
  /** Ids of kept values that answer their fields. */
  readonly kept?: readonly string[];
}

export interface FieldRefusal {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface FormTokenView {
  readonly token: string;
  readonly expiresAt: Time;
}

export interface VisitorInfo {
  readonly protocol: number;
  readonly maxMessageBytes: number;
}

export interface AgentView {
  readonly name?: string;
  readonly isAgent: boolean;
  readonly isSupervisor: boolean;
  readonly isPrivacyOfficer: boolean;
  readonly isAuditor: boolean;
}

export interface AgentHereView {
  readonly agent: string;
  readonly name?: string;
}

export interface AgentsHereView {
  readonly agents: readonly AgentHereView[];
}

export interface ConversationListView {
  readonly conversations: readonly ConversationView[];
  readonly next?: string;
}

export interface FormListView {
  readonly forms: readonly SecureForm[];
}

export interface RequestedFormView {
  readonly requestId: string;
  readonly isNew: boolean;
  readonly expiresAt: Time;
}

export interface StepUpAnswer {
  readonly expiresAt: Time;
}

export interface RevealCommand {
  readonly claimId: string;
  readonly valueIds: readonly string[];
  readonly publicKey: string;
  readonly reason?: string;
}

export interface RevealedEnvelope {
  readonly valueId: string;
  readonly fieldKey: string;
  readonly encapsulatedKey: string;
  readonly ciphertext: string;
}

export interface RevealAnswer {
  readonly applicationId: string;
  readonly until: Time;
  readonly values: readonly RevealedEnvelope[];
  readonly destroyedValueIds: readonly string[];
}

// The hub.

export interface HubError {
  readonly code: string;
  readonly title: string;
  readonly nextStep: string;
  readonly retryAfterSeconds?: number;
  /** Kinds that the message may not hold. */
  readonly kinds?: readonly string[];
}

export interface HubReply<T> {
  readonly result?: T;
  readonly error?: HubError;
}

export interface JoinView {
  readonly conversation: ConversationView;
  readonly lastSequence: number;
}

export interface TailView {
  readonly lastSequence: number;
}

export interface TypingFrame {
  readonly role: ParticipantRole;
  readonly isTyping: boolean;
}

export interface PresenceFrame {
  readonly role: ParticipantRole;
  readonly isOnline: boolean;
}

export interface RemovedFrame {
  readonly reason: string;
}

export interface ResumeFrame {
  readonly after: number;
}

export interface FormProgressFrame {
  readonly requestId: string;
  readonly filled: number;
  readonly total: number;
}

/** Whether a card is the newer one: frames and answers may overtake each other. */
export function isNewer(card: FormCard, than: FormCard | undefined): boolean {
  return !than || card.revision >= than.revision;
}

export const isOpen = (state: FormRequestState): boolean => state === 'requested' || state === 'opened';

export type MaskAction = 'mask' | 'label' | 'drop' | 'seal' | 'block' | 'warn' | 'allow';

export type MaskingReason = 'shape' | 'words' | 'question' | 'needsWords' | 'wrongCheckDigits' | 'kindIsOff' | 'allowedByPolicy' | 'allowList';

export interface TryMaskingCommand {
  readonly text: string;
  readonly from: 'visitor' | 'agent';
  readonly question?: string;
}

export interface TriedValue {
  readonly kind: string;
  readonly otherKinds: readonly string[];
  readonly start: number;
  readonly length: number;
  readonly confidence: number;
  readonly isTaken: boolean;
  readonly action: MaskAction;
  readonly reason: MaskingReason;
}

export interface TryMaskingView {
  readonly masked: string;
  readonly isBlocked: boolean;
  readonly values: readonly TriedValue[];
}
