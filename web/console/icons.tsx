import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Lock = () => <Icon><rect x="4.5" y="10.5" width="15" height="10" rx="2" /><path d="M8 10.5V7a4 4 0 0 1 8 0v3.5" /></Icon>;
export const Shield = () => <Icon><path d="M12 3l7.5 3v5.5c0 4.6-3.1 8-7.5 9.5-4.4-1.5-7.5-4.9-7.5-9.5V6L12 3z" /><path d="M9 12l2.2 2.2L15.2 10" /></Icon>;
export const Eye = () => <Icon><path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" /><circle cx="12" cy="12" r="2.8" /></Icon>;
export const EyeOff = () => <Icon><path d="M4 4l16 16M9.9 5.8A9.6 9.6 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6.3 7.9A16.600 16.600 0 0 0 2.500 12S6 18.500 12 18.500c1.700 0 3.200-.5 4.500-1.200" /></Icon>;
export const Check = () => <Icon><path d="M5 12.500l4.500 4.500L19 7.500" /></Icon>;
export const Cross = () => <Icon><path d="M6 6l12 12M18 6L6 18" /></Icon>;
export const Copy = () => <Icon><rect x="9" y="9" width="11" height="11" rx="2" /><path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3" /></Icon>;
export const Clock = () => <Icon><circle cx="12" cy="12" r="8.500" /><path d="M12 7.500V12l3 2" /></Icon>;
export const Form = () => <Icon><rect x="5" y="3.500" width="14" height="17" rx="2" /><path d="M8.500 8.500h7M8.500 12h7M8.500 15.500h4" /></Icon>;
export const Back = () => <Icon><path d="M15 5l-7 7 7 7" /></Icon>;
export const Flame = () => <Icon><path d="M5 7h14M9.500 7V4.500h5V7M7 7l1 13h8l1-13" /></Icon>;
export const Warning = () => <Icon><path d="M12 4L2.500 20h19L12 4z" /><path d="M12 10v4.500M12 17.300v.2" /></Icon>;
export const Send = () => <Icon><path d="M4 12l16-7.500L15.500 20l-4-6L4 12zM11.500 14L20 4.500" /></Icon>;
export const Help = () => <Icon><circle cx="12" cy="12" r="8.500" /><path d="M9.700 9.500a2.400 2.400 0 0 1 4.700.5c0 1.700-2.400 2-2.400 3.500M12 16.500v.2" /></Icon>;
