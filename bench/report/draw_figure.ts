/**
 * Figures as SVG and PNG.
 *
 * vega-lite was weighed against Observable Plot (leaner, but titles, legends and layout have to be
 * composed by hand) and ECharts (64 MB); resvg as WebAssembly needs no permission and no build.
 *
 * @module
 */
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import wasm from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };
import bold from "@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf" with { type: "bytes" };
import regular from "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf" with {
  type: "bytes",
};
import { parse, View } from "vega";
import { compile } from "vega-lite";
import { type Figure, INK } from "./figure_specs.ts";

/** What a figure is put on. */
export type Ground = "light" | "dark" | "page";

const GROUNDS: Readonly<Record<Ground, { ink: string; background: string | null }>> = {
  light: { ink: "#1c2330", background: "#ffffff" },
  dark: { ink: "#e6e9ef", background: "#14181f" },
  // The page decides on both.
  page: { ink: "currentColor", background: null },
};

const FONT = "Inter, system-ui, sans-serif";
const SCALE = 2;

let resvg: Promise<void> | undefined;

/** The figure as SVG. */
export async function drawSvg({ spec, title }: Figure, ground: Ground = "page"): Promise<string> {
  const { ink, background } = GROUNDS[ground];
  const config = {
    font: FONT,
    background: background ?? "transparent",
    padding: background ? 14 : 4,
    view: { stroke: null },
    title: { color: INK, fontSize: 13, anchor: "start" as const, fontWeight: 600 },
    axis: {
      ...{ labelColor: INK, titleColor: INK, tickColor: INK, domainColor: INK, gridColor: INK },
      ...{ gridOpacity: 0.12, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400 },
      ...{ domainOpacity: 0.4, tickOpacity: 0.4 },
    },
    legend: { labelColor: INK, titleColor: INK, labelFontSize: 12, titleFontSize: 12 },
    header: { labelColor: INK, titleColor: INK, labelFontSize: 12 },
  };
  const compiled = compile(
    { ...spec, config } as typeof spec,
    {
      logger: silent,
    } as unknown as Parameters<typeof compile>[1],
  );
  const svg = await new View(parse(compiled.spec), { renderer: "none" }).toSVG();
  const described = svg.replace("<svg ", `<svg role="img" aria-label="${escape(title)}" `);
  return described.replaceAll(INK, ink).replaceAll("rgb(1, 2, 3)", ink);
}

/** The figure as PNG, twice as large as its SVG, for screens and paper. */
export async function drawPng(
  figure: Figure,
  ground: "light" | "dark" = "light",
): Promise<Uint8Array> {
  resvg ??= initWasm(wasm);
  await resvg;
  const drawn = new Resvg(await drawSvg(figure, ground), {
    font: { fontBuffers: [regular, bold], defaultFontFamily: "Inter" },
    fitTo: { mode: "zoom", value: SCALE },
  });
  return drawn.render().asPng();
}

const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
