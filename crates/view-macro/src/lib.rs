//! The `view!` macro: Leptos' syntax for views, turned into calls of the app's own small renderer (`crate::dom`).
//!
//! Leptos' own macro makes a type of each view, and the compiler a copy of the renderer for each of these types. Here
//! every element is made by the same few functions, whatever is in it.
//!
//! Always holds: what is written first happens first (attributes, listeners, children), and each expression is
//! evaluated once.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Stmt};

/// Elements of the namespace of SVG.
const SVG: [&str; 2] = ["svg", "use"];

/// Events that Leptos has no name for.
const UNNAMED: [&str; 1] = ["cancel"];

/// Draws elements and components.
///
/// - `<p class="a">` makes an element, `<Name prop=value />` calls a component, `{expression}` shows what it gives:
///   text, views, an option or a list of them, or a closure that gives one of these anew when what it reads changes.
/// - Attributes take text, flags, options of them, signals, and closures. Beside the plain ones there are
///   `class:name=flag`, `style:name=text`, `style=("--name", text)`, `prop:name=text or flag`, `on:event=handler` and `node_ref=reference`.
///
/// # Errors
/// What can't be parsed, and attributes or children that the renderer does not know, are errors of the compiler.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let (nodes, errors) = rstml::Parser::new(rstml::ParserConfig::new().recover_block(true))
        .parse_recoverable(TokenStream::from(tokens))
        .split_vec();
    let view = several(&nodes).unwrap_or_else(|error| error.to_compile_error());
    let errors = errors.into_iter().map(|error| error.emit_as_expr_tokens());
    quote! {{ #(#errors;)* #view }}.into()
}

/// One view of any number of nodes.
fn several(nodes: &[Node]) -> syn::Result<TokenStream> {
    let mut views = nodes.iter().filter_map(|node| child(node).transpose()).collect::<syn::Result<Vec<_>>>()?;
    Ok(if views.len() == 1 {
        let view = views.remove(0);
        quote! { crate::dom::IntoView::into_view(#view) }
    } else {
        quote! { crate::dom::View::several([#(crate::dom::IntoView::into_view(#views)),*]) }
    })
}

/// The expression that a node stands for; `None` for a comment.
fn child(node: &Node) -> syn::Result<Option<TokenStream>> {
    Ok(Some(match node {
        Node::Comment(_) => return Ok(None),
        Node::Element(element) if is_component(element.name()) => component(element)?,
        Node::Element(element) => self::element(element)?,
        Node::Block(block) => block_value(block),
        Node::Text(text) => {
            let text = &text.value;
            quote! { #text }
        }
        Node::Fragment(fragment) => several(&fragment.children)?,
        other => return Err(Error::new(other.span(), "a view has elements, components, blocks and quoted text")),
    }))
}

/// What a block gives: its expression alone, where it is nothing else.
fn block_value(block: &NodeBlock) -> TokenStream {
    match block {
        NodeBlock::ValidBlock(block) => match block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => quote! { #value },
            _ => quote! { #block },
        },
        NodeBlock::Invalid(block) => quote! { #block },
    }
}

fn is_component(name: &NodeName) -> bool {
    let name = name.to_string();
    name.rsplit(':').next().is_some_and(|last| last.starts_with(char::is_uppercase))
}

fn element(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    let tag = element.name().to_string();
    let make = if SVG.contains(&tag.as_str()) { quote!(svg) } else { quote!(html) };
    let attributes = element.attributes().iter().map(attribute).collect::<syn::Result<Vec<_>>>()?;
    let children = element.children.iter().filter_map(|node| child(node).transpose());
    let children = children.collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {{
        let element = crate::dom::Element::#make(#tag);
        #(element #attributes;)*
        #(element.child(#children);)*
        element
    }})
}

/// The call that an attribute stands for.
fn attribute(attribute: &NodeAttribute) -> syn::Result<TokenStream> {
    let NodeAttribute::Attribute(attribute) = attribute else {
        return Err(Error::new(attribute.span(), "an attribute has a name"));
    };
    let span = attribute.key.span();
    let value = value(attribute);
    let name = attribute.key.to_string();
    // The name of a custom property is no name of Rust's.
    if let ("style", Some(Expr::Tuple(pair))) = (name.as_str(), attribute.value()) {
        let pair = &pair.elems;
        return Ok(quote_spanned! {span=> .style(#pair)});
    }
    let (kind, rest) = name.split_once(':').unwrap_or(("", &name));
    Ok(match kind {
        "" if rest == "node_ref" => quote_spanned! {span=> .bind(#value)},
        "" => quote_spanned! {span=> .attribute(#rest, #value)},
        "class" => quote_spanned! {span=> .class(#rest, #value)},
        "style" => quote_spanned! {span=> .style(#rest, #value)},
        "prop" => quote_spanned! {span=> .property(#rest, #value)},
        "on" => {
            let event = Ident::new(rest, span);
            if UNNAMED.contains(&rest) {
                quote_spanned! {span=> .on(::leptos::ev::Custom::<::web_sys::Event>::new(#rest), #value)}
            } else {
                quote_spanned! {span=> .on(::leptos::ev::#event, #value)}
            }
        }
        _ => return Err(Error::new(span, "the renderer knows class:, style:, prop: and on:")),
    })
}

/// An attribute's value; one without a value is on.
fn value(attribute: &KeyedAttribute) -> TokenStream {
    match attribute.value() {
        None => quote!(true),
        Some(Expr::Block(block)) => match block.block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => quote!(#value),
            _ => quote!(#block),
        },
        Some(value) => quote!(#value),
    }
}

fn component(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    let name = element.name();
    let mut properties = Vec::new();
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Error::new(attribute.span(), "a property has a name"));
        };
        let property = format_ident!("{}", attribute.key.to_string(), span = attribute.key.span());
        let value = value(attribute);
        properties.push(quote_spanned! {attribute.key.span()=> .#property(#value)});
    }
    if !element.children.is_empty() {
        let children = several(&element.children)?;
        properties.push(quote! { .children(::std::boxed::Box::new(move || #children)) });
    }
    let at = Span::mixed_site();
    Ok(quote_spanned! {at=>
        ::leptos::component::component_view(
            #name,
            ::leptos::component::component_props_builder(&#name) #(#properties)* .build(),
        )
    })
}
