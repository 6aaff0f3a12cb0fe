/** Makes an icon's component out of its path. */
import type { Component } from 'svelte';
import type { SVGAttributes } from 'svelte/elements';
import Icon from './Icon.svelte';

export const icon = (path: string): Component<SVGAttributes<SVGSVGElement>> => ((inner, props) => Icon(inner, { ...props, path })) as Component<SVGAttributes<SVGSVGElement>>;
